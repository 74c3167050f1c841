"""DM-H's settings are those of its appendix and its code, and the small ones a trial's."""

import dataclasses

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers.decision_mamba_hybrid import presets
from decision_mamba.experiments.presets import parameters_count
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models import Hybrid, Model

PRESETS = {one.name: one for one in presets()}


def hybrid(name: str) -> Hybrid:
    found = PRESETS[name].experiment.model
    assert isinstance(found, Hybrid)
    return found


def model(name: str) -> Model:
    found = PRESETS[name].experiment.model
    assert isinstance(found, Model)
    return found


def test_contexts_ascend_and_have_valuable_sub_goals() -> None:
    assert PRESETS["dmh/key-to-door"].experiment.contexts == Contexting(
        episodes=4, chosen="anywhere", order="return", returns="target", target=2.0,
        goals="value", every=5,
    )  # fmt: skip


def test_sizes_are_the_appendixs_and_small_ones_the_trials() -> None:
    tall, small = hybrid("dmh/large-darkroom"), hybrid("dmh/darkroom-small")

    assert (tall.memory_blocks, tall.blocks, tall.width, tall.chunk) == (2, 3, 128, 20)
    assert (tall.levels, tall.return_scale) == (40, 15.0)
    assert (small.memory_blocks, small.blocks, small.width, small.chunk) == (2, 2, 64, 5)
    assert (small.sub_goal, small.chunks_per_update) == (8, 640)
    assert parameters_count(PRESETS["dmh/darkroom-small"]) == 170_901


def test_dm_is_dt_with_mamba_across_episodes() -> None:
    dm, dt = model("dm/darkroom"), model("dt/darkroom")

    assert isinstance(dm.mixer, Selective)
    assert isinstance(dt.mixer, Attention)
    assert {dm.tokens, dt.tokens} == {"history-with-return"}
    assert (
        dataclasses.replace(
            dm, mixer=dt.mixer, channel_mixing=True, positions="token", mixer_norm="layer"
        )
        == dt
    )


def test_actions_are_drawn_less_freely_where_the_goal_goes_on_paying() -> None:
    drawn = {name: one.experiment.evaluation.temperature for name, one in PRESETS.items()}

    assert drawn["dmh/darkroom-small"] == drawn["dmh/large-darkroom-small"] == 0.2
    assert drawn["dmh/darkroom-hard-small"] == drawn["dmh/key-to-door-small"] == 0.7
