"""Returns of episodes that follow one another, summed up by which of them it is.

What counts as one is the task: copies of the same one are averaged first, because their returns
are alike and would make an interval too narrow. Where no task is numbered, each copy is one.
"""

import dataclasses
import math
from collections.abc import Iterable, Sequence

from decision_mamba.result import Played, half_interval


@dataclasses.dataclass(frozen=True)
class Mean:
    """A mean return over tasks, or over seeds.

    Attributes:
        number: which of the episodes, from 1; 0 for the best of them.
        interval: half the width of the mean's 95 % confidence interval; None for one.
        count: how many tasks, or seeds.
    """

    number: int
    mean: float
    interval: float | None
    count: int


def last_evaluation(played: Iterable[Played]) -> list[Played]:
    """The consecutive episodes of the last evaluation, of its first target, task and mode."""
    following = [one for one in played if one.number]
    if not following:
        return []
    update = max(one.update for one in following)
    first = next(one for one in following if one.update == update)
    kind = (first.update, first.task, first.mode, first.target)
    return [one for one in following if (one.update, one.task, one.mode, one.target) == kind]


def by_episode(played: Sequence[Played]) -> tuple[Mean, ...]:
    """The mean return of the first, the second … episode over the tasks of one evaluation."""
    numbers = sorted({one.number for one in played})
    return tuple(_mean(number, list(of_tasks(played, number).values())) for number in numbers)


def best_episode(played: Sequence[Played]) -> Mean:
    """The mean of each copy's best return, over the tasks of one evaluation.

    Higher than any episode's own mean where tasks have their best at different times, and higher
    than what comes next: a best one is chosen by the very returns that it reports.
    """
    best: dict[int, Played] = {}
    for one in played:
        there = best.get(one.episode)
        if there is None or one.total_reward > there.total_reward:
            best[one.episode] = one
    return _mean(0, list(_averaged(best.values()).values()))


def share_paid(played: Sequence[Played]) -> float:
    """The share of an evaluation's copies that earned more than nothing in any of its episodes.

    Where a reward has to be found, those that have not been there cannot go back to it.
    """
    paid = {one.episode for one in played if one.total_reward > 0}
    return len(paid) / len({one.episode for one in played})


def of_tasks(played: Iterable[Played], number: int) -> dict[int, float]:
    """The mean return of each task in its n-th episode, by the task's number or the copy's."""
    return _averaged(one for one in played if one.number == number)


def over_seeds(runs: Sequence[Sequence[Mean]]) -> tuple[Mean, ...]:
    """The mean over training seeds of each episode's mean; a seed counts as one number.

    Args:
        runs: of each seed, what `by_episode` gives; what not all of them played is left out.
    """
    if len(runs) == 1:
        return tuple(runs[0])
    return tuple(_mean(of[0].number, [one.mean for one in of]) for of in zip(*runs, strict=False))


def _averaged(played: Iterable[Played]) -> dict[int, float]:
    returns: dict[int, list[float]] = {}
    for one in played:
        task = one.episode if one.instance is None else one.instance
        returns.setdefault(task, []).append(one.total_reward)
    return {task: math.fsum(of_task) / len(of_task) for task, of_task in returns.items()}


def _mean(number: int, values: list[float]) -> Mean:
    return Mean(number, math.fsum(values) / len(values), half_interval(values), len(values))
