"""What learners reach by remembering, run by run and over the seeds of each."""

import dataclasses
from collections.abc import Mapping, Sequence

from decision_mamba.by_episode import (
    Mean,
    best_episode,
    by_episode,
    of_tasks,
    over_seeds,
    share_paid,
)
from decision_mamba.result import Played, half_interval


@dataclasses.dataclass(frozen=True)
class Reached:
    """What one run reached.

    Attributes:
        lasting: mean return over tasks by episode, with a memory of the episodes before.
        control: the same, forgetting at each.
        best: mean over tasks of each one's best among the episodes up to the one read.
        paid: share of copies that earned more than nothing in any of these.
        tasks: the mean return by episode of each task by its number, with the lasting memory; none
            where tasks have no numbers.
    """

    lasting: tuple[Mean, ...]
    control: tuple[Mean, ...]
    best: Mean
    paid: float
    tasks: dict[int, tuple[float, ...]]


@dataclasses.dataclass(frozen=True)
class Learner:
    """The runs of one learner, which differ by their seed.

    Attributes:
        row: what it is called.
        read: the episode by which learners are compared.
    """

    row: str
    read: int
    runs: tuple[Reached, ...]

    @property
    def lasting(self) -> tuple[Mean, ...]:
        """By episode, over seeds; over tasks where there is one seed."""
        return over_seeds([run.lasting for run in self.runs])

    @property
    def control(self) -> tuple[Mean, ...]:
        """The same of the control."""
        return over_seeds([run.control for run in self.runs])

    @property
    def best(self) -> Mean:
        """The same of each task's best episode."""
        (mean,) = over_seeds([[run.best] for run in self.runs])
        return mean

    @property
    def paid(self) -> float:
        """The share of all seeds' copies that were paid at all until the episode that is read."""
        return sum(run.paid for run in self.runs) / len(self.runs)

    @property
    def of_each(self) -> tuple[float, ...]:
        """Of each seed, the mean over tasks of the episode that is read."""
        return tuple(run.lasting[self.read - 1].mean for run in self.runs)

    @property
    def mean(self) -> float:
        """Over seeds, of the episode that is read."""
        return self.lasting[self.read - 1].mean

    @property
    def interval(self) -> float | None:
        """Half its 95 % interval over seeds; None for one seed, whatever its tasks say."""
        return half_interval(list(self.of_each))


def reached(lasting: Sequence[Played], control: Sequence[Played], *, read: int) -> Reached:
    """Sums up what one run played in the same tasks, from the same starts."""
    means = by_episode(lasting)
    each = [of_tasks(lasting, mean.number) for mean in means]
    until_read = [one for one in lasting if one.number <= read]
    tasks = sorted({one.instance for one in lasting if one.instance is not None})
    return Reached(
        lasting=means,
        control=by_episode(control),
        best=best_episode(until_read),
        paid=share_paid(until_read),
        tasks={task: tuple(returns[task] for returns in each) for task in tasks},
    )


def best_temperature(scores: Mapping[float, float]) -> float:
    """The temperature of the highest score, the first of equals."""
    return max(scores, key=lambda temperature: scores[temperature])
