"""The disturbance falls from random play to what is asked for."""

import numpy as np
import pytest

from decision_mamba.collection.noise import Noise, disturb
from decision_mamba.envs.mazes import maze
from decision_mamba.errors import BadInput


def shares_of_best(noise: Noise) -> np.ndarray:
    """Of each episode, how often the best action was taken."""
    room = maze("darkroom-hard")
    trace = disturb(noise, room, 5, histories=40, episodes=20, generator=np.random.default_rng(0))
    tasks = np.full(trace.steps, 5)
    best = room.optimal(tasks, trace.states[:, :-1].ravel().astype(np.int64))
    is_best = best.reshape(trace.actions.shape) == trace.actions
    shares: np.ndarray = is_best.reshape(40, 20, 20).mean(axis=(0, 2))
    return shares


def test_it_begins_at_random_and_ends_without_a_fault() -> None:
    shares = shares_of_best(Noise())

    assert abs(shares[0] - 0.2) < 0.08  # one of five actions, and a little of the fall
    assert shares[18:].tolist() == [1.0, 1.0]
    assert 0.4 < shares[9] < 0.75


def test_what_is_left_at_the_end_can_be_set() -> None:
    shares = shares_of_best(Noise(last=0.5, falling=0.5))

    assert np.abs(shares[10:] - 0.6).max() < 0.08  # half, and a fifth of the other half


def test_a_chance_above_1_is_refused() -> None:
    with pytest.raises(BadInput, match="Noise's last is 2; give 0 to 1"):
        shares_of_best(Noise(last=2.0))
