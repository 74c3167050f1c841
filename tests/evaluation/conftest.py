"""A task small enough to know every score by heart."""

from collections.abc import Sequence

import numpy as np
import pytest

from decision_mamba.envs import Environment, Image, Stepped
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows
from decision_mamba.spaces import Continuous, Spaces, Vector


class Purse(Environment):
    """Pays what the action says, two or three times: twice where the seed is even."""

    def __init__(self) -> None:
        self.task = "Purse-v0"
        self.spaces = Spaces(Vector(2), Continuous((-1.0,), (1.0,)))
        self.horizon = 3
        self.copies = 4
        self.steps_per_second = 60.0
        self.started: list[list[int]] = []

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        self.started.append(list(seeds))
        self._left = np.array([2 + seed % 2 for seed in seeds])
        return np.zeros((len(seeds), 2), np.float32)

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        self.started.append(list(seeds))
        self._left[rows] = [2 + seed % 2 for seed in seeds]
        return np.zeros((len(rows), 2), np.float32)

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        self._left[rows] -= 1
        return Stepped(
            observations=np.zeros((len(rows), 2), np.float32),
            rewards=actions[:, 0].astype(np.float64),
            terminated=self._left[rows] == 0,
            truncated=np.zeros(len(rows), dtype=bool),
        )

    def render(self, row: int) -> Image:
        """The steps that are left, as grey."""
        return np.full((6, 8, 3), 80 * self._left[row], np.uint8)

    def close(self) -> None:
        self.started.clear()


@pytest.fixture
def purse() -> Purse:
    return Purse()
