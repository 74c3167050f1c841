"""Where each of the episodes that are played side by side stands: its age, and what is asked."""

import numpy as np
import torch
from jaxtyping import Bool, UInt8
from numpy import ndarray

from decision_mamba.batch import Batch, Context
from decision_mamba.shapes import PlayedObservations, PlayedRewards
from decision_mamba.spaces import ActionSpace

Seen = PlayedObservations | UInt8[ndarray, "b stack height width"]  # of frames, those seen together


class Standing:
    """The episodes of b rows, each of an age of its own.

    Arrays are replaced and never written into, because what is remembered shares their memory.
    """

    def __init__(self, target: float, copies: int) -> None:
        """Begins an episode in each of so many rows, of which `target` is asked."""
        self._target = target
        self._timesteps = np.zeros(copies, np.int64)
        self._returns_to_go = np.full(copies, target, np.float32)
        self._ended: Bool[ndarray, " b"] | None = None
        self._arrived: PlayedObservations | None = None

    @property
    def copies(self) -> int:
        """Rows that are played."""
        return len(self._timesteps)

    def step(self, seen: Seen, action: ActionSpace, *, told_rewards: bool) -> Batch:
        """The step that each row is at, t = 1, its action and reward not known yet.

        Args:
            seen: there.
            action: the actions there are.
            told_rewards: whether rewards are remembered, and the step is one of a context.
        """
        rows = self.copies
        # Made by NumPy, to which a small array costs a third of what it costs torch.
        step = Batch(
            observations=torch.from_numpy(seen[:, None]),
            actions=torch.from_numpy(action.zeros(rows, 1)),
            returns_to_go=torch.from_numpy(self._returns_to_go[:, None]),
            timesteps=torch.from_numpy(self._timesteps[:, None]),
            mask=torch.from_numpy(np.ones((rows, 1), np.bool_)),
        )
        if not told_rewards:
            return step
        nothing = torch.from_numpy(np.zeros((rows, 1), np.float32))
        return Context(
            **vars(step),
            rewards=nothing,
            arrived=torch.from_numpy(self._where_arrived(seen)[:, None]),
            labels=step.actions,
            weights=nothing,
            goals=nothing[..., None][..., :0],
        )

    def passed(self, taken_off: PlayedRewards) -> None:
        """Takes one step in every row, and this off what is still asked for there."""
        self._returns_to_go = self._returns_to_go - taken_off
        self._timesteps = self._timesteps + 1
        self._ended = self._arrived = None

    def again(self, rows: Bool[ndarray, " b"], arrived: PlayedObservations) -> None:
        """Begins another episode where `rows` is True; `arrived` is what all show before it."""
        self._returns_to_go = np.where(rows, np.float32(self._target), self._returns_to_go)
        self._timesteps = np.where(rows, 0, self._timesteps)
        self._ended, self._arrived = rows, arrived

    def keep(self, rows: Bool[ndarray, " b"]) -> None:
        """Lets rows leave."""
        self._returns_to_go = self._returns_to_go[rows]
        self._timesteps = self._timesteps[rows]
        if self._ended is not None and self._arrived is not None:
            self._ended, self._arrived = self._ended[rows], self._arrived[rows]

    def _where_arrived(self, seen: Seen) -> Seen:
        if self._ended is None or self._arrived is None:
            return seen
        return np.where(self._ended[:, None], self._arrived, seen)
