"""The returns of an evaluation, gathered by the target that was asked for."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Literal

from decision_mamba.by_episode import of_tasks
from decision_mamba.result import Played, Reading, half_interval


@dataclasses.dataclass(frozen=True)
class Score:
    """The episodes of one evaluation that were asked for the same return.

    Attributes:
        target: None where the policy takes none.
        returns: in reward units, at least one; of consecutive episodes those of the last, the mean
            of each task.
        lengths: environment steps of the same episodes.
        consecutive: how many followed one another; 0 where each was by itself.
        unit: what one of the returns is of: "episode", "task" or "copy" (of a task of no family).
    """

    update: int
    task: str
    mode: str
    target: float | None
    returns: tuple[float, ...]
    lengths: tuple[int, ...]
    consecutive: int = 0
    unit: Literal["episode", "task", "copy"] = "episode"

    @property
    def mean(self) -> float:
        return math.fsum(self.returns) / len(self.returns)

    @property
    def interval(self) -> float:
        return half_interval(list(self.returns))

    @property
    def mean_length(self) -> float:
        return sum(self.lengths) / len(self.lengths)


def scores_of(episodes: Iterable[Played]) -> tuple[Score, ...]:
    """Gathers episodes; ordered by update, task and mode, high targets first, no target last."""
    groups: dict[tuple[int, str, str, float | None], list[Played]] = {}
    for played in episodes:
        groups.setdefault((played.update, played.task, played.mode, played.target), []).append(
            played
        )
    scores = (_score(group) for group in groups.values())
    return tuple(sorted(scores, key=lambda s: (s.update, s.task, s.mode, _descending(s.target))))


def _score(group: Sequence[Played]) -> Score:
    first, last = group[0], max(e.number for e in group)
    counting = [e for e in group if e.number == last]
    returns = tuple(of_tasks(group, last).values()) if last else None
    return Score(
        update=first.update,
        task=first.task,
        mode=first.mode,
        target=first.target,
        returns=returns or tuple(e.total_reward for e in counting),
        lengths=tuple(e.length for e in counting),
        consecutive=last,
        unit="episode" if last == 0 else "copy" if first.instance is None else "task",
    )


def last_scores(scores: Sequence[Score]) -> tuple[Score, ...]:
    """Those of the last evaluation."""
    last = max((score.update for score in scores), default=0)
    return tuple(score for score in scores if score.update == last)


def targets_of(scores: Iterable[Score]) -> tuple[float | None, ...]:
    """Every target once, high ones first, no target last."""
    return tuple(sorted({score.target for score in scores}, key=_descending))


def _descending(target: float | None) -> float:
    return math.inf if target is None else -target


@dataclasses.dataclass(frozen=True)
class NormalisedScale:
    """Turns returns of one task into normalised scores: `slope * value + offset`."""

    slope: float
    offset: float

    def of(self, value: float) -> float:
        """The normalised score of a return."""
        return self.slope * value + self.offset


def normalised_scale(readings: Iterable[Reading]) -> NormalisedScale | None:
    """The scale by which the readings were normalised; None where they do not tell.

    A reading gives one point of the line by its mean, and the slope by its intervals: nothing
    else in a run folder knows the reference returns.
    """
    telling = [r for r in readings if r.interval > 0 and r.normalised_interval]
    if not telling:
        return None
    widest = max(telling, key=lambda r: r.interval)
    if widest.normalised is None or widest.normalised_interval is None:
        return None
    slope = widest.normalised_interval / widest.interval
    return NormalisedScale(slope, widest.normalised - slope * widest.mean)
