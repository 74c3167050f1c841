"""An actor to whom every action is as good as every other."""

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from decision_mamba.errors import BadInput
from decision_mamba.seeding import Seeds
from decision_mamba.shapes import PlayedActions, PlayedObservations, PlayedRewards
from decision_mamba.spaces import ActionSpace, Continuous


class RandomPlay:
    """Draws actions evenly from a space, for episodes that are played side by side.

    The draws of the n-th episode follow from the seed and n, whichever are played beside it.

    Raises:
        BadInput: an action's number has no bounds to draw between.
    """

    def __init__(self, space: ActionSpace, seed: int) -> None:
        if isinstance(space, Continuous) and not np.isfinite([space.low, space.high]).all():
            raise BadInput(
                f"actions lie between {space.low} and {space.high}, where none can be drawn "
                "evenly; let a policy play"
            )
        self._space = space
        self._seeds = Seeds(seed)
        self._begun = 0
        self._streams: list[np.random.Generator] = []

    def reset(self, copies: int) -> None:
        """Begins `copies` episodes and forgets those before."""
        numbers = range(self._begun, self._begun + copies)
        self._streams = [self._seeds.choices(number) for number in numbers]
        self._begun += copies

    def act(self, observations: PlayedObservations) -> PlayedActions:
        """Draws an action for every row."""
        assert len(observations) == len(self._streams)
        if isinstance(self._space, Continuous):
            low, high = self._space.low, self._space.high
            return np.array([one.uniform(low, high) for one in self._streams], np.float32)
        return np.array([one.integers(self._space.count) for one in self._streams])

    def observe(self, rewards: PlayedRewards) -> None:
        """Learns nothing."""

    def keep(self, rows: Bool[ndarray, " b"]) -> None:
        """Lets finished episodes leave."""
        self._streams = [self._streams[row] for row in np.flatnonzero(rows)]
