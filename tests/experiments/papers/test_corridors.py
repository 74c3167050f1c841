"""T-mazes are learned from their four episodes and played on both sides."""

import pytest

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers.corridors import presets
from decision_mamba.experiments.run_folder import default_folder
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models import Hybrid, Model

EXPERIMENTS = {one.name: one.experiment for one in presets()}


@pytest.mark.parametrize("corridor", ["1k", "2k", "5k", "10k", "20k"])
@pytest.mark.parametrize("family", ["dt", "dm", "dmh"])
def test_the_context_is_the_whole_corridor(family: str, corridor: str) -> None:
    for word in ("", "-small"):
        one = EXPERIMENTS[f"{family}/tmaze-{corridor}{word}"]

        assert one.windows.length == int(corridor[:-1]) * 1000 + 1
        assert (one.evaluation.targets, one.evaluation.episodes) == ((1.0,), 20)
        assert one.data == (f"histories-tmaze-{corridor}",)
        assert one.training.batch_size == 4


@pytest.mark.parametrize(("corridor", "steps"), [("100", 101), ("1010", 1011)])
def test_shorter_corridors_are_small_only(corridor: str, steps: int) -> None:
    small = EXPERIMENTS[f"dmh/tmaze-{corridor}-small"]

    assert (small.windows.length, small.init_from) == (steps, None)
    assert f"dmh/tmaze-{corridor}" not in EXPERIMENTS


@pytest.mark.parametrize("family", ["dt", "dm", "dmh"])
@pytest.mark.parametrize(("corridor", "shorter"), [("5k", "1k"), ("20k", "10k")])
def test_a_long_corridor_goes_on_from_where_a_shorter_one_ends(
    family: str, corridor: str, shorter: str
) -> None:
    begun = EXPERIMENTS[f"{family}/tmaze-{shorter}-small"]

    small = EXPERIMENTS[f"{family}/tmaze-{corridor}-small"]

    assert small.init_from == str(default_folder(begun))
    assert small.model == begun.model
    assert EXPERIMENTS[f"{family}/tmaze-{corridor}"].init_from is None


def test_every_update_has_all_outcomes_and_half_of_it_is_the_turn() -> None:
    turn = Contexting(episodes=1, balanced=True, success=0.75, last_step=0.5)

    assert {one.contexts for one in EXPERIMENTS.values()} == {turn}


def test_mixers_differ_and_states_last() -> None:
    dt, dm, dmh = (EXPERIMENTS[f"{one}/tmaze-1k-small"].model for one in ("dt", "dm", "dmh"))

    assert isinstance(dt, Model)
    assert isinstance(dt.mixer, Attention)
    assert isinstance(dm, Model)
    assert dm.mixer == Selective(decay=0.1)
    assert isinstance(dmh, Hybrid)
    assert (dmh.memory, dmh.chunk) == (Selective(decay=0.1), 20)
