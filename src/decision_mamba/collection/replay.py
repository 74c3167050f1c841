"""The steps of histories that are being played, to be learned from again in any order."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from decision_mamba.collection.trace import Trace


@dataclasses.dataclass(frozen=True)
class Steps:
    """Steps of h histories, b of each."""

    states: Int[ndarray, "h b"]
    actions: Int[ndarray, "h b"]
    rewards: Float[ndarray, "h b"]
    afters: Int[ndarray, "h b"]
    ends: Bool[ndarray, "h b"]


class Replay:
    """Draws from what a recorder has written down; nothing is kept twice.

    Args:
        trace: of the histories while they are played, `episodes` of each.
        newest: episodes of each history that are remembered.
    """

    def __init__(self, trace: Trace, episodes: int, *, newest: int) -> None:
        def by_history(column: ndarray) -> ndarray:
            return column.reshape(-1, episodes, *column.shape[1:])

        self._states = by_history(trace.states)
        self._actions = by_history(trace.actions)
        self._rewards = by_history(trace.rewards)
        self._lengths = by_history(trace.lengths)
        self._ended = by_history(trace.ended)
        self._newest = newest

    def draw(self, finished: int, batch: int, generator: np.random.Generator) -> Steps:
        """Draws `batch` steps of each history: an episode that is over, then a step of it.

        `finished` is how many episodes of each history are over.
        """
        rows = np.arange(len(self._states))[:, None]
        at = generator.integers(max(finished - self._newest, 0), finished, (len(rows), batch))
        lengths = self._lengths[rows, at]
        times = (generator.random(lengths.shape) * lengths).astype(np.int64)
        return Steps(
            self._states[rows, at, times],
            self._actions[rows, at, times],
            self._rewards[rows, at, times],
            self._states[rows, at, times + 1],
            self._ended[rows, at] & (times == lengths - 1),
        )
