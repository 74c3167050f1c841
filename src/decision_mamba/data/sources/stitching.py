"""Which episodes are taken from the shards of a replay buffer, and in what order."""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from decision_mamba.data.returns import returns_to_go
from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Piece:
    """The steps of one shard from `start` on and before `end`."""

    shard: int
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


def evenly(
    ends: Sequence[Int[ndarray, " _"]], steps: int | None, episodes: int | None = None
) -> list[Piece]:
    """The first whole episodes of every shard, an equal share from each that has as much.

    Args:
        ends: of each shard, the step after each of its episodes.
        steps: how many are wanted; the episode that reaches a shard's share is taken whole.
        episodes: how many are wanted. If neither is given, all are taken; if both are, until both
            are reached.
    """
    everything = np.inf if steps is None and episodes is None else 0
    share = _share(float(steps or everything), [int(after.max(initial=0)) for after in ends])
    count = _share(float(episodes or everything), [len(after) for after in ends])
    pieces = []
    for shard, after in enumerate(ends):
        starts = np.concatenate([[0], after[:-1]])
        pieces += [
            Piece(shard, int(start), int(end))
            for number, (start, end) in enumerate(zip(starts, after, strict=True))
            if start < share or number < count
        ]
    return pieces


def _share(wanted: float, there: Sequence[int]) -> float:
    """What is taken from each, where those that have less leave the rest to the others."""
    for before, has in enumerate(sorted(there)):
        share = wanted / (len(there) - before)
        if has >= share:
            return share
        wanted -= has
    return np.inf


@dataclasses.dataclass(frozen=True)
class Stitched:
    """What the official code makes of shards: runs of episodes, and what it takes for their ends.

    A visit reads on where the last one to that shard stopped, until `per_visit` + 1 episodes have
    ended. One that reaches the shard's end is undone, but the ends it had noted stay: such a stale
    end lies where another episode goes on, and may lie before the end noted last.

    Attributes:
        visits: the shard of each visit, undone ones as well.
        runs: what each other visit read: whole episodes.
        ends: the step after each episode, stale ones as they are, counted through all runs.

    Source: Chen et al., arXiv:2106.01345, official Atari code, `create_dataset`; Dai et al. 2024,
    arXiv:2405.12094 (DeMa), official code, where an undone visit notes one more end.
    """

    visits: tuple[int, ...]
    runs: tuple[Piece, ...]
    ends: tuple[int, ...]

    @property
    def steps(self) -> int:
        return sum(len(run) for run in self.runs)

    def timesteps(self) -> Int[ndarray, " steps_and_one"]:
        """How old each episode is taken to be; from the second on, an end keeps the old count."""
        result = np.zeros(self.steps + 1, np.int64)
        start = 0
        for end in self._within():
            result[start : end + 1] = np.arange(max(end + 1 - start, 0))
            start = end + 1
        return result

    def returns_to_go(self, rewards: Float[ndarray, " steps"]) -> Float[ndarray, " steps"]:
        """What is taken to be still earned, in reward units; zero behind the last end."""
        result = np.zeros(self.steps, np.float32)
        start = 0
        for end in self._within():
            if end > start:
                part = rewards[start:end]
                result[start:end] = returns_to_go(part, np.array([0, len(part)]))
            start = end
        return result

    def window_starts(self, length: int) -> Int[ndarray, " windows"]:
        """Where the window of each step begins.

        A window ends with the first end behind its step that is noted, at the latest, and then
        begins before it, in the episode before if that is how long it must be.
        """
        starts = np.arange(self.steps - 3 * length)
        first = np.full(len(starts), self.steps)
        for end in reversed(self.ends):
            first[starts < end] = end
        begun: Int[ndarray, " windows"] = np.minimum(first, starts + length) - length
        return begun

    def _within(self) -> tuple[int, ...]:
        if max(self.ends, default=0) > self.steps:
            raise BadInput(
                f"the official code fails on these shards: an undone visit noted an episode's end "
                f"at step {max(self.ends)} of {self.steps}; choose another seed"
            )
        return self.ends


def stitch(
    ends: Sequence[Int[ndarray, " _"]],
    capacities: Sequence[int],
    steps: int,
    *,
    seed: int,
    per_visit: int = 10,
    notes_undone: bool = False,
) -> Stitched:
    """Visits shards at random as the official code does, until so many steps are read.

    Args:
        ends: of each shard, the step after each of its episodes.
        capacities: of each shard, how many steps it has.
        steps: how many are wanted at least.
        seed: of NumPy's global stream, which the official code seeds and draws from.
        per_visit: the official `trajectories_per_buffer`; one more episode is read.
        notes_undone: whether an undone visit notes one more end, as DeMa's code does.

    Raises:
        BadInput: no shard has as many episodes left as a visit reads; the official code would
            visit for ever.
    """
    stream = np.random.RandomState(seed)
    cursors = [0] * len(ends)
    visits: list[int] = []
    runs: list[Piece] = []
    noted: list[int] = []
    taken = 0
    while taken < steps:
        _require_some_left(ends, capacities, cursors, per_visit, wanted=steps)
        shard = int(stream.choice(np.arange(len(ends)), 1)[0])
        start = cursors[shard]
        seen = ends[shard][ends[shard] > start][: per_visit + 1]
        visits.append(shard)
        noted += [taken + int(end) - start for end in seen]
        if len(seen) > per_visit and seen[-1] < capacities[shard]:
            cursors[shard] = int(seen[-1])
            runs.append(Piece(shard, start, cursors[shard]))
            taken += len(runs[-1])
        elif notes_undone:
            noted.append(taken)
    return Stitched(tuple(visits), tuple(runs), tuple(noted))


def episodes_of(runs: Sequence[Piece], ends: Sequence[Int[ndarray, " _"]]) -> list[Piece]:
    """The episodes of runs in their order, each once, from its first step to its real end."""
    pieces = []
    for run in runs:
        after = ends[run.shard]
        marks = [run.start, *after[(after > run.start) & (after <= run.end)].tolist()]
        pieces += [Piece(run.shard, start, end) for start, end in itertools.pairwise(marks)]
    return pieces


def _require_some_left(
    ends: Sequence[Int[ndarray, " _"]],
    capacities: Sequence[int],
    cursors: Sequence[int],
    per_visit: int,
    *,
    wanted: int,
) -> None:
    for after, capacity, cursor in zip(ends, capacities, cursors, strict=True):
        left = after[(after > cursor) & (after < capacity)]
        if len(left) > per_visit:
            return
    raise BadInput(
        f"{wanted:,} steps are wanted, but no shard has {per_visit + 1} episodes left to be read "
        "in one visit, as the official code reads them; ask for fewer steps, or leave out the seed"
    )


def ends_of(marks: Bool[ndarray, " steps"], capacity: int | None) -> Int[ndarray, " _"]:
    """The step after each mark, among the first `capacity` steps."""
    return np.flatnonzero(marks[:capacity]) + 1
