"""What every environment promises to the loop that steps it."""

import abc
import dataclasses
from collections.abc import Sequence

from jaxtyping import Bool, UInt8
from numpy import ndarray

from decision_mamba.shapes import PlayedActions, PlayedObservations, PlayedRewards, Rows
from decision_mamba.spaces import Spaces

Image = UInt8[ndarray, "height width 3"]


@dataclasses.dataclass(frozen=True)
class Stepped:
    """What one step of b copies brought, in the order in which the copies were named.

    Attributes:
        observations: what each copy shows next; of an ended episode, its last observation.
        rewards: what the step paid.
        terminated: the task itself ended the episode.
        truncated: the clock ended it.
    """

    observations: PlayedObservations
    rewards: PlayedRewards
    terminated: Bool[ndarray, " b"]
    truncated: Bool[ndarray, " b"]


class Environment(abc.ABC):
    """Copies of one task that step together, each in an episode of its own.

    Attributes:
        task: id with version, for scores differ between versions.
        spaces: what a copy shows and takes, in raw units.
        horizon: environment steps after which the clock ends an episode.
        copies: how many episodes can be under way at a time.
        steps_per_second: environment steps in a second of the task's own time, for films.
    """

    task: str
    spaces: Spaces
    horizon: int
    copies: int
    steps_per_second: float

    @abc.abstractmethod
    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        """Starts an episode in each of the first len(seeds) copies; seed i alone decides the i-th.

        Args:
            seeds: one to `copies` of them.

        Returns:
            The first observations, of the dtype that `spaces.observation` names.
        """

    @abc.abstractmethod
    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        """Starts another episode in the copies named in `rows`, all of them ended.

        Args:
            rows: at least one copy of those that the last `reset` started.
            seeds: one per row, as for `reset`; a copy keeps its task where tasks were given it.

        Returns:
            The first observations of these copies.
        """

    @abc.abstractmethod
    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        """Steps the copies named in `rows` and leaves the others as they are.

        Actions outside the space are clipped to it. An ended copy waits for the next `reset`.

        Args:
            rows: at least one copy, none of them ended.
            actions: one per row.
        """

    @abc.abstractmethod
    def render(self, row: int) -> Image:
        """Draws one copy as it stands.

        Raises:
            Failure: if nothing can be drawn on this machine.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Lets go of everything the copies hold."""
