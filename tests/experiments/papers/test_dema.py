"""DeMa's Gym settings are the published ones."""

import dataclasses

import pytest

from decision_mamba.experiments.papers.dema import MODEL, POST, presets
from decision_mamba.experiments.presets import parameters_count, preset
from decision_mamba.mixers import Selective
from decision_mamba.models.policy import Model

EXPERIMENTS = {one.task: one.experiment for one in presets()}
DENSE = {task: one for task, one in EXPERIMENTS.items() if not task.endswith("-delayed")}


def test_sizes_and_learning_rates_differ_by_task() -> None:
    table = {
        task: (one.model.embedding, one.model.width, one.training.learning_rate)
        for task, one in DENSE.items()
    }

    assert table == {
        "hopper-medium": (256, 64, 1e-4),
        "hopper-medium-replay": (256, 64, 1e-4),
        "hopper-medium-expert": (128, 128, 1e-3),
        "halfcheetah-medium": (128, 64, 1e-3),
        "halfcheetah-medium-replay": (128, 64, 1e-3),
        "halfcheetah-medium-expert": (128, 128, 1e-3),
        "walker2d-medium": (128, 64, 1e-4),
        "walker2d-medium-replay": (128, 64, 1e-3),
        "walker2d-medium-expert": (128, 128, 1e-3),
    }


def test_the_rest_is_shared() -> None:
    for one in EXPERIMENTS.values():
        assert one.model.mixer == Selective(state=64, taps=4, expand=2, rank=0)
        assert (one.model.blocks, one.model.channel_mixing, one.model.timesteps) == (3, False, 0)
        assert (one.model.mixer_norm, one.model.final_norm) == ("rms", "rms")
        assert (one.model.tokens, one.model.alignment) == ("return-action-state", "exact")
        assert (one.windows.length, one.windows.pad) == (20, "end")
        assert (one.training.updates, one.training.warmup) == (100_000, 10_000)
        assert (one.training.batch_size, one.training.clip) == (64, 0.25)


def test_targets_are_those_of_the_official_code() -> None:
    targets = {task.split("-")[0]: one.evaluation.targets for task, one in EXPERIMENTS.items()}

    assert targets == {
        "hopper": (3600.0, 7200.0, 36000.0, 72000.0),
        "halfcheetah": (12000.0, 24000.0, 120000.0, 240000.0),
        "walker2d": (5000.0, 10000.0, 50000.0, 100000.0),
    }


def test_rewards_are_delayed_where_the_name_says_so() -> None:
    delayed = {task for task, one in EXPERIMENTS.items() if one.curation.rewards == "delayed"}

    assert delayed == {
        "hopper-medium-delayed", "hopper-medium-replay-delayed",
        "halfcheetah-medium-delayed", "halfcheetah-medium-replay-delayed",
        "walker2d-medium-delayed", "walker2d-medium-replay-delayed",
    }  # fmt: skip


# Weights that the published models have and never use: heads for states and returns, and in the
# post variant a word embedding.
UNUSED = {
    ("hopper", 64): 64 * 11 + 11 + 64 + 1,
    ("hopper", 128): 128 * 11 + 11 + 128 + 1,
    ("walker2d", 64): 64 * 17 + 17 + 64 + 1,
    ("walker2d", 128): 128 * 17 + 17 + 128 + 1,
}
WORD = 128


@pytest.mark.parametrize(
    ("changes", "hopper", "walker2d"),
    [
        ({}, 165_007, 166_744),
        ({"embedding": 256}, 175_503, 178_392),
        ({"width": 128}, 481_295, 483_608),
        ({"timesteps": 1000}, 293_007, 294_744),
        ({"tokens": "concatenated"}, 181_391, 183_128),
        ({"tokens": "return-once"}, 165_007, 166_744),
    ],
)
def test_parameter_counts_are_the_papers_but_for_unused_heads(
    changes: dict[str, object], hopper: int, walker2d: int
) -> None:
    model = dataclasses.replace(MODEL, **changes)  # type: ignore[arg-type]

    assert count("hopper", model) == hopper - UNUSED["hopper", model.width]
    assert count("walker2d", model) == walker2d - UNUSED["walker2d", model.width]
    assert count("halfcheetah", model) == walker2d - UNUSED["walker2d", model.width]


def test_with_post_up_projection_a_word_embedding_is_left_out_too() -> None:
    assert count("hopper", POST) == 481_039 - UNUSED["hopper", 128] - WORD
    assert count("walker2d", POST) == 483_352 - UNUSED["walker2d", 128] - WORD


@pytest.mark.parametrize(
    ("task", "published"),
    [("hopper-medium", 175_503), ("hopper-medium-replay-delayed", 175_503)],
)
def test_presets_have_the_papers_sizes(task: str, published: int) -> None:
    assert parameters_count(preset(f"dema/{task}")) == published - UNUSED["hopper", 64]


def count(robot: str, model: Model) -> int | None:
    known = preset(f"dema/{robot}-medium")
    experiment = dataclasses.replace(known.experiment, model=model)
    return parameters_count(dataclasses.replace(known, experiment=experiment))
