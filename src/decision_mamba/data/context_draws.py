"""Which episodes make up the rows of a batch of contexts."""

from typing import Literal

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from decision_mamba.errors import BadInput

Chosen = Literal["anywhere", "consecutive", "evenly"]
Order = Literal["time", "return", "shuffled"]
Episodes = Int[ndarray, "b n"]


class HistoryDraws:
    """Draws a history, all equally likely, and then some of its episodes.

    Args:
        offsets: where each history begins in the episodes, and where the last one ends.
        episodes: in a row.
        chosen: which of a history's.
        stride: from one to the next where they are spaced evenly.
        beginnings: chance that a row knows a beginning of its history only, where they are chosen
            anywhere; all lengths of it that have enough episodes are equally likely.

    Raises:
        BadInput: a history has fewer episodes than asked for.
    """

    def __init__(
        self,
        offsets: Int[ndarray, " boundaries"],
        episodes: int,
        chosen: Chosen,
        *,
        stride: int,
        beginnings: float = 0.0,
    ) -> None:
        self._offsets = offsets
        self._counts = np.diff(offsets)
        self._wanted = episodes
        self._chosen = chosen
        self._beginnings = beginnings
        self._stride = stride if chosen == "evenly" else 1
        self._span = (episodes - 1) * self._stride + 1
        if self._span > (least := int(self._counts.min())):
            raise BadInput(_too_few(episodes, least, stride=self._stride))

    def __call__(self, batch_size: int, generator: np.random.Generator) -> Episodes:
        """Draws rows of episodes in the order in which they were played."""
        history = generator.integers(len(self._counts), size=batch_size)
        first, count = self._offsets[history, None], self._counts[history, None]
        if self._chosen == "anywhere":
            within = self._subsets(self._known(count, generator), generator)
        else:
            begin = generator.integers(count - self._span + 1)
            within = begin + np.arange(self._wanted) * self._stride
        rows: Episodes = first + within
        return rows

    def _known(
        self, counts: Int[ndarray, "b 1"], generator: np.random.Generator
    ) -> Int[ndarray, "b 1"]:
        """How many episodes of its history, from the first one on, each row may tell of."""
        if not self._beginnings:
            return counts
        cut = generator.random(counts.shape) < self._beginnings
        return np.where(cut, generator.integers(self._wanted, counts + 1), counts)

    def _subsets(self, counts: Int[ndarray, "b 1"], generator: np.random.Generator) -> Episodes:
        """So many different numbers below each count, ascending, every set equally likely."""
        longest = int(counts.max())
        keys = generator.random((len(counts), longest))
        keys[np.arange(longest) >= counts] = np.inf
        return np.sort(np.argpartition(keys, self._wanted - 1, axis=1)[:, : self._wanted], axis=1)


class EpisodeDraws:
    """Draws every episode of a row with a chance proportional to its length.

    One may come twice into a row, as in the official code.

    Source: Huang et al. 2024, arXiv:2406.00079, official code, `get_batch`. Our deviation: it
    sorts a batch of draws and cuts it into rows, so that one row holds neighbours in return; here
    each row is drawn for itself.

    Raises:
        BadInput: there are fewer episodes than asked for.
    """

    def __init__(self, lengths: Int[ndarray, " episodes"], episodes: int) -> None:
        if episodes > len(lengths):
            raise BadInput(_too_few(episodes, len(lengths)))
        self._drawable = np.cumsum(lengths)
        self._wanted = episodes

    def __call__(self, batch_size: int, generator: np.random.Generator) -> Episodes:
        """Draws rows of episodes in the order in which they were recorded."""
        steps = generator.integers(self._drawable[-1], size=(batch_size, self._wanted))
        return np.sort(np.searchsorted(self._drawable, steps, side="right"), axis=1)


class OutcomeDraws:
    """Draws rows of one episode such that every outcome comes equally often.

    As many rows as there are outcomes hold each of them once.

    Args:
        tasks: which task each episode is of.
        returns: what each earned; an outcome is a task and a return.
    """

    def __init__(
        self, tasks: Int[ndarray, " episodes"], returns: Float[ndarray, " episodes"]
    ) -> None:
        outcomes = np.stack([tasks.astype(np.float64), returns], axis=1)
        _, outcome, self._counts = np.unique(
            outcomes, axis=0, return_inverse=True, return_counts=True
        )
        self._episodes = np.argsort(outcome.ravel(), kind="stable")
        self._firsts = np.cumsum(self._counts) - self._counts

    def __call__(self, batch_size: int, generator: np.random.Generator) -> Episodes:
        """Draws rows of one episode."""
        outcomes = len(self._counts)
        rounds = np.tile(np.arange(outcomes), (-(-batch_size // outcomes), 1))
        drawn = generator.permuted(rounds, axis=1).ravel()[:batch_size]
        rows: Episodes = self._episodes[
            self._firsts[drawn] + generator.integers(self._counts[drawn])
        ][:, None]
        return rows


def ordered(
    episodes: Episodes,
    order: Order,
    returns: Float[ndarray, " episodes"],
    generator: np.random.Generator,
) -> Episodes:
    """Puts rows of episodes, given as they were played, into the order they are told in.

    Args:
        episodes: rows in time order.
        order: "time" as they are; "return" ascending, of equals the earlier one first;
            "shuffled" in any order, all equally likely.
        returns: of every episode there is.
        generator: of the shuffle.
    """
    if order == "time":
        return episodes
    if order == "shuffled":
        return generator.permuted(episodes, axis=1)
    by_return = np.argsort(returns[episodes], axis=1, kind="stable")
    return np.take_along_axis(episodes, by_return, axis=1)


def _too_few(wanted: int, found: int, *, stride: int = 1) -> str:
    apart = f", each {stride} after the one before," if stride > 1 else ""
    return (
        f"contexts of {wanted} episodes{apart} do not fit into a history of {found}; ask for "
        "fewer, or collect longer histories"
    )
