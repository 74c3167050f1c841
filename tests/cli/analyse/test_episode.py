"""Episodes as their players saw them."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from decision_mamba.cli.analyse.episode import as_batch, logged, played
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from tests.conftest import IMAGES, small_policy


def a_policy() -> SequencePolicy:
    return small_policy(Model(width=8, blocks=1))


EPISODE = Episode(
    observations=np.arange(9, dtype=np.float64).reshape(3, 3),
    actions=np.zeros((3, 2)),
    rewards=np.array([1.0, 2.0, 4.0]),
)


@pytest.mark.parametrize(
    ("rewards", "target", "asked"),
    [
        ("dense", None, [7.0, 6.0, 4.0]),
        ("dense", 10.0, [10.0, 9.0, 7.0]),
        ("delayed", None, [7.0, 7.0, 7.0]),
        ("delayed", 10.0, [10.0, 10.0, 10.0]),
        ("clipped", None, [3.0, 2.0, 1.0]),
        ("clipped", 10.0, [10.0, 9.0, 8.0]),
    ],
)
def test_what_was_earned_is_taken_off_what_is_asked_for(
    rewards: str, target: float | None, asked: list[float]
) -> None:
    policy = a_policy()
    policy.acting = dataclasses.replace(Acting(), rewards=rewards)  # type: ignore[arg-type]

    batch = as_batch(EPISODE, policy, target)

    assert batch.returns_to_go.tolist() == [asked]
    assert batch.timesteps.tolist() == [[0, 1, 2]]
    assert batch.observations.dtype == torch.float32
    assert bool(batch.mask.all())


def test_of_a_screen_the_last_frames_are_seen_together() -> None:
    frames = np.random.default_rng(0).integers(1, 256, (3, 36, 36), np.uint8)
    screen = Episode(observations=frames, actions=np.array([0, 3, 1]), rewards=np.zeros(3))
    policy = small_policy(Model(width=8, blocks=1), spaces=IMAGES)

    [seen] = as_batch(screen, policy, None).observations.numpy()

    assert (seen.shape, seen.dtype) == ((3, 2, 36, 36), np.uint8)
    assert seen[0, 0].max() == 0
    np.testing.assert_array_equal(seen[2], frames[1:])


def test_the_longest_logged_episode_is_taken_unless_one_is_named(data: Path) -> None:
    assert len(logged((str(data),), None, a_policy())) == 30
    assert len(logged((str(data),), 1, a_policy())) == 12


@pytest.mark.parametrize("number", [-1, 3])
def test_an_episode_that_is_not_there_is_refused(number: int, data: Path) -> None:
    with pytest.raises(BadInput, match="expected 0 to 2"):
        logged((str(data),), number, a_policy())


def test_a_task_of_other_sizes_is_refused() -> None:
    with pytest.raises(BadInput, match="Hopper-v4 has"):
        played(a_policy(), "Hopper-v4", 1.0, start=0)


def test_a_start_before_the_first_is_refused() -> None:
    with pytest.raises(BadInput, match="--episode is -1"):
        played(a_policy(), "Hopper-v4", 1.0, start=-1)
