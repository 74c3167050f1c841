"""What a report says and shows about several runs together."""

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias

from decision_mamba.report.figures.palette import series
from decision_mamba.report.figures.svg import Picture
from decision_mamba.report.figures.target_against_return import Series, draw_targets
from decision_mamba.report.in_context import pictures_of
from decision_mamba.report.record import Record
from decision_mamba.report.scores import Score
from decision_mamba.report.section import drawn_scores
from decision_mamba.report.tables import Table, comparison_table
from decision_mamba.report.wording import listed, number, plus_minus
from decision_mamba.words import plural

Run: TypeAlias = tuple[Record, Sequence[Score]]

_SPOKEN = 3  # runs that one sentence can carry


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Several runs side by side.

    Attributes:
        opening: what they reached, in a sentence.
        basis: what that sentence rests on.
        pictures: one per task, for the returns of two tasks do not compare.
    """

    opening: str
    basis: str
    table: Table
    pictures: tuple[Picture, ...]


def compare(records: Sequence[Record]) -> Comparison:
    """Tables all runs, and draws the evaluated ones over each other."""
    runs = [(record, drawn_scores(record)) for record in records]
    alone = [run for run in runs if run[1] and not run[1][0].consecutive]
    tasks = sorted({scores[0].task for _, scores in alone})
    pictures = [_picture(task, [r for r in alone if r[1][0].task == task]) for task in tasks]
    return Comparison(*_in_words(runs), comparison_table(runs), (*pictures_of(records), *pictures))


def _in_words(runs: Sequence[Run]) -> tuple[str, str]:
    if _all_follow(runs):
        return _of_last_episodes(runs)
    common = _common_target(runs)
    if common is None:
        return "The runs were not all asked for the same return on the same task.", ""
    task, mode, target = common
    reached = [(record.name, s) for record, scores in runs for s in scores if s.target == target]
    counts = sorted({len(score.returns) for _, score in reached})
    return (
        f"Asked for {number(target)}, {_spoken(reached)}.",
        f"Mean returns with 95 % intervals over {listed([f'{count:,}' for count in counts])} "
        f"episodes of {task}, played in {mode} mode at each run's last evaluation. "
        "The intervals are over episodes, not over seeds.",
    )


def _all_follow(runs: Sequence[Run]) -> bool:
    """Whether every run played as many consecutive episodes of the same task."""
    kinds = {(s[0].task, s[0].mode, s[0].consecutive) if s else None for _, s in runs}
    return len(kinds) == 1 and all(scores and scores[0].consecutive for _, scores in runs)


def _of_last_episodes(runs: Sequence[Run]) -> tuple[str, str]:
    reached = [(record.name, scores[0]) for record, scores in runs]
    score = reached[0][1]
    return (
        f"In the last of {score.consecutive} consecutive episodes {_spoken(reached)}.",
        f"Mean returns with 95 % intervals over the {plural(score.unit)} of {score.task}, played "
        f"in {score.mode} mode at each run's last evaluation. The intervals are not over seeds.",
    )


def _spoken(reached: Sequence[tuple[str, Score]]) -> str:
    if len(reached) > _SPOKEN:
        means = [score.mean for _, score in reached]
        return f"the {len(means)} runs reached {number(min(means))} to {number(max(means))}"
    (first, score), *others = reached
    parts = [f"{first} reached {plus_minus(score.mean, score.interval, len(score.returns))}"]
    parts += [f"{name} {plus_minus(s.mean, s.interval, len(s.returns))}" for name, s in others]
    return listed(parts)


def _common_target(runs: Sequence[Run]) -> tuple[str, str, float] | None:
    # The highest target that every run was asked for, on one task and in one mode.
    asked = [
        {(s.task, s.mode, s.target) for s in scores if s.target is not None} for _, scores in runs
    ]
    return max(set.intersection(*asked), key=lambda common: common[2], default=None)


def _picture(task: str, runs: Sequence[Run]) -> Picture:
    drawn = []
    for index, (record, scores) in enumerate(runs):
        label = f"{record.name}: {record.result.preset}, seed {record.result.seed}"
        drawn.append(Series(label, tuple(scores), (series(index),) * len(scores)))
    # Whose data would stand beside the axis, if they differ?
    data = {record.result.data.returns for record, _ in runs}
    return draw_targets(
        drawn, data.pop() if len(data) == 1 else (), title=f"Target against return, {task}"
    )
