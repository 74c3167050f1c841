"""Decision S4's Gym settings are those of the code that carries it over."""

import dataclasses

import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.data.windows import Windowing
from decision_mamba.experiments.papers.decision_s4 import MODEL, presets
from decision_mamba.experiments.presets import parameters_count, preset
from decision_mamba.mixers import State, StateSpace
from tests.conftest import small_policy

# The other tasks are games, of one word.
EXPERIMENTS = {one.task: one.experiment for one in presets() if "-" in one.task}


def test_there_are_nine_tasks() -> None:
    assert sorted(EXPERIMENTS) == [
        f"{robot}-{level}"
        for robot in ("halfcheetah", "hopper", "walker2d")
        for level in ("medium", "medium-expert", "medium-replay")
    ]


def test_all_tasks_share_their_model() -> None:
    assert [one.model for one in EXPERIMENTS.values()] == [MODEL] * 9


def test_layers_are_bare() -> None:
    assert MODEL.mixer == StateSpace("s4", "legs", 64, step_min=1e-3, step_max=1e-1)
    assert (MODEL.width, MODEL.embedding, MODEL.blocks) == (128, 128, 3)
    assert (MODEL.residual, MODEL.channel_mixing, MODEL.embedding_norm) == (False, False, False)
    assert (MODEL.mixer_norm, MODEL.final_norm, MODEL.head_bias) == ("none", "none", False)
    assert (MODEL.embedding_dropout, MODEL.timesteps) == (0.0, 0)


def test_a_token_is_a_step() -> None:
    assert (MODEL.tokens, MODEL.projection) == ("concatenated", "two-layer")
    assert MODEL.embedding_bend == "tanh"


def test_it_learns_from_whole_episodes_and_plays_by_a_state() -> None:
    for one in EXPERIMENTS.values():
        assert one.windows == Windowing(length=1000, whole=True, pad="end")
        assert one.evaluation.mode == "recurrent"
        assert (one.training.batch_size, one.training.learning_rate) == (8, 1e-4)


def test_targets_are_those_of_decision_transformer() -> None:
    targets = {task.split("-")[0]: one.evaluation.targets for task, one in EXPERIMENTS.items()}

    assert targets == {
        "hopper": (3600.0, 1800.0),
        "halfcheetah": (12000.0, 6000.0),
        "walker2d": (5000.0, 2500.0),
    }


# Of hopper: embeddings of 1 + 11 + 3 numbers, 15 · 128 + 3 · 128; the maps to tokens, 384 · 128 +
# 128 and 128 · 128 + 128; the head, 128 · 3.
AROUND = 2_304 + 49_280 + 16_512 + 384
# C 128 · 64, projection 128 · 128 + 128, Δ and D 128 each.
LAYER = 8_192 + 16_512 + 256


@pytest.mark.parametrize(
    ("mixer", "matrix"),
    [
        (StateSpace(), 32 + 32 + 64 + 64),  # Λ in two parts, P and B: 32 complex numbers
        (StateSpace(kernel="s4d"), 32 + 32 + 64),
        (StateSpace(systems=2), 2 * 192),
    ],
)
def test_parameters_are_counted(mixer: StateSpace, matrix: int) -> None:
    known = preset("ds4/hopper-medium")
    model = dataclasses.replace(MODEL, mixer=mixer)
    experiment = dataclasses.replace(known.experiment, model=model)

    count = parameters_count(dataclasses.replace(known, experiment=experiment))

    assert count == AROUND + 3 * (LAYER + matrix)


def test_presets_have_these_sizes() -> None:
    assert parameters_count(preset("ds4/hopper-medium")) == 143_936
    assert parameters_count(preset("ds4/halfcheetah-medium")) == 145_472
    assert parameters_count(preset("ds4/walker2d-medium")) == 145_472


@pytest.mark.parametrize(
    ("mixer", "last_mixer"),
    [
        (StateSpace(), StateSpace(kernel="s4d", measure="inv")),
        (StateSpace(kernel="s4d", measure="legs"), StateSpace(kernel="s4d", measure="lin")),
    ],
    ids=["s4 and inv", "legs and lin"],
)
def test_a_thousand_steps_in_a_row_equal_forward(mixer: StateSpace, last_mixer: StateSpace) -> None:
    policy = small_policy(
        dataclasses.replace(
            MODEL, mixer=mixer, last_mixer=last_mixer, width=8, embedding=8, blocks=2
        )
    )
    generator = torch.Generator().manual_seed(0)
    episode = Batch(
        observations=torch.randn(1, 1000, 3, generator=generator),
        actions=torch.rand(1, 1000, 2, generator=generator) * 2 - 1,
        returns_to_go=torch.rand(1, 1000, generator=generator) * 3000,
        timesteps=torch.arange(1000)[None],
        mask=torch.ones(1, 1000, dtype=torch.bool),
    )
    state: State | None = None
    previous: Batch | None = None
    decided = []

    with torch.inference_mode():
        for present in episode.chunks(1):
            action, state = policy.step(present, previous, state)
            decided.append(action)
            previous = present
        whole = policy(episode)

    # Bare layers let little through at first: measured by how far the actions differ at all.
    spread = whole.std(dim=1)
    torch.testing.assert_close(
        torch.stack(decided, dim=1) / spread, whole / spread, rtol=0, atol=1e-4
    )
