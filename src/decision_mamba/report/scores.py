"""The returns of an evaluation, gathered by the target that was asked for."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Literal

from decision_mamba.by_episode import of_tasks
from decision_mamba.envs.references import Digits, reference
from decision_mamba.result import Played, half_interval


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
    def interval(self) -> float | None:
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

    def spread(self, value: float | None) -> float | None:
        """A spread of returns on the normalised scale, stretched alone; None where is none."""
        return None if value is None else self.slope * value


def normalised_scale(task: str, references: Digits = "exact") -> NormalisedScale | None:
    """The scale on which a run's returns are normalised; None where the task has no reference.

    Args:
        task: the run's.
        references: by which of them the run normalises.
    """
    ends = reference(task, references)
    if ends is None:
        return None
    slope = 100.0 / (ends.expert - ends.random)
    return NormalisedScale(slope, -slope * ends.random)
