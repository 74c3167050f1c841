"""A policy begins by another one's weights, and only where they mean the same to both."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models import Hybrid, Model, Policy, PolicySettings
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy_file import save_policy
from decision_mamba.models.warm_start import warm_start
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Discrete, Spaces, Vector
from tests.conftest import CHOICES, in_context, random_batch

MODEL = Model(mixer=Selective(state=2), width=8, blocks=1, timesteps=0)


def built(
    model: PolicySettings = MODEL,
    *,
    seed: int = 1,
    mean: float = 0.0,
    window: int = 5,
    spaces: Spaces = CHOICES,
) -> Policy:
    assert isinstance(spaces.observation, Vector)
    size = spaces.observation.size
    moments = Moments(np.full(size, mean, np.float32), np.ones(size, np.float32))
    with Seeds(seed).weights():
        return model.build(spaces, moments, Acting(window=window)).eval()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a policy that has seen windows of five steps, and observations with a mean of 3."""
    save_policy(built(seed=0, mean=3.0), tmp_path / "policy.safetensors")
    return tmp_path


@pytest.mark.parametrize("name", ["", "policy.safetensors"])
def test_it_predicts_what_the_other_does_in_longer_windows_too(path: Path, name: str) -> None:
    policy = built(window=9)
    batch = random_batch(9, spaces=CHOICES)

    warm_start(policy, path / name)

    assert torch.equal(policy(batch), built(seed=0, mean=3.0)(batch))
    assert policy.acting.window == 9


def test_a_hybrid_brings_its_frozen_projection_of_goals(tmp_path: Path) -> None:
    model = Hybrid(memory=Selective(state=2), width=8, blocks=1, chunk=3, goal_weight=1.0)
    other, policy = built(model, seed=0), built(model)
    save_policy(other, tmp_path / "policy.safetensors")

    warm_start(policy, tmp_path)

    context = in_context(random_batch(7, spaces=CHOICES))
    assert torch.equal(policy(context), other(context))
    assert torch.equal(policy.state_dict()["goals.weight"], other.state_dict()["goals.weight"])


def test_what_is_dropped_and_drawn_may_differ(path: Path) -> None:
    model = dataclasses.replace(MODEL, dropout=0.5, mixer=Selective(state=2, decay=0.1))
    policy = built(model)

    warm_start(policy, path)

    assert policy.model == model
    assert torch.equal(policy.state_dict()["head.linear.weight"], _head())


def test_a_hybrids_tables_may_have_begun_otherwise(tmp_path: Path) -> None:
    model = Hybrid(memory=Selective(state=2), width=8, blocks=1, chunk=3, table_deviation=0.02)
    other = built(dataclasses.replace(model, table_deviation=1.0), seed=0)
    save_policy(other, tmp_path / "policy.safetensors")
    policy = built(model)

    warm_start(policy, tmp_path)

    table = "actor.embed_timestep.weight"
    assert torch.equal(policy.state_dict()[table], other.state_dict()[table])


def _head() -> torch.Tensor:
    weight: torch.Tensor = built(seed=0).state_dict()["head.linear.weight"]
    return weight


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (dataclasses.replace(MODEL, width=16), r"model\.width = 8, not 16; begin from one"),
        (dataclasses.replace(MODEL, return_scale=1.0), r"model\.return_scale = 1000.0, not 1.0"),
        (
            dataclasses.replace(MODEL, mixer=Attention()),
            r"model\.mixer\.kind = Selective, not Attention",
        ),
        (Hybrid(), r"model\.kind = Model, not Hybrid"),
    ],
)
def test_other_settings_are_named(path: Path, model: PolicySettings, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        warm_start(built(model), path)


def test_other_spaces_are_named(path: Path) -> None:
    spaces = Spaces(Vector(2), Discrete(4))

    with pytest.raises(
        BadInput, match=r"weights for 3 observation numbers .*, and the data are of 2"
    ):
        warm_start(built(spaces=spaces), path)


def test_rows_for_places_in_a_window_are_not_stretched(tmp_path: Path) -> None:
    model = dataclasses.replace(MODEL, positions="token", tokens="concatenated")
    save_policy(built(model, window=5), tmp_path / "policy.safetensors")

    with pytest.raises(BadInput, match=r"pos_emb of shape .* windows of 9 .* --windows.length 5"):
        warm_start(built(model, window=9), tmp_path)


def test_a_policy_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such policy file"):
        warm_start(built(), tmp_path / "policy.safetensors")
