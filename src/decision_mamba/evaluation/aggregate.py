"""The ways to sum up every return of a run in one number, each under a label that says which.

Published scores differ in the rule as much as in the method: DT reports the last evaluation, DC,
DMamba and DeMa the highest of all evaluations and targets. A best one is chosen by the very
episodes that score it and therefore lies above what the same policy earns when played again.
"""

import dataclasses
from collections.abc import Sequence
from typing import TypeAlias

from decision_mamba.envs.references import Reference
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.scores import normalised, normalised_spread
from decision_mamba.result import Played, Reading, half_interval
from decision_mamba.words import counted

Targets: TypeAlias = tuple[float | None, ...]


def readings(
    played: Sequence[Played], primary: float | None, reference: Reference | None
) -> tuple[Reading, ...]:
    """Sums up a run in the four ways of the field; no episodes give no readings.

    Args:
        played: every episode of every evaluation of one run, in the order of play.
        primary: the target of "last" and "best"; None for the one that was played first.
        reference: the task's, for normalised scores.

    Returns:
        "last", "best", "best-target" and "best-of-all". Of equal means the earlier one counts.
    """
    if not played:
        return ()
    _require_one_task(played)
    means = _means(played, reference)
    targets = tuple(dict.fromkeys(mean.target for mean in means))
    chosen = _primary(primary, targets)
    of_chosen = [mean for mean in means if mean.target == chosen]
    last = [_last(means, target) for target in targets]
    best, best_of_all = _highest(of_chosen), _highest(means)
    return (
        _named(_last(means, chosen), "last", f"last update{_at(chosen)}"),
        _named(best, "best", f"{_best_over(of_chosen)}{_at(chosen)}"),
        _named(_highest(last), "best-target", f"last update, {_best_target(targets)}"),
        _named(
            best_of_all,
            "best-of-all",
            f"{_best_over(means)} and {_best_target(targets)}, as DC, DMamba and DeMa report",
        ),
    )


def by_target(played: Sequence[Played], reference: Reference | None) -> tuple[Reading, ...]:
    """The "last" reading of every target, in the order in which the targets were played."""
    means = _means(played, reference)
    targets = dict.fromkeys(mean.target for mean in means)
    return tuple(
        _named(_last(means, target), "last", f"last update{_at(target)}") for target in targets
    )


def _require_one_task(played: Sequence[Played]) -> None:
    tasks = dict.fromkeys(one.task for one in played)
    if len(tasks) > 1:
        raise BadInput(
            f"the returns are from several tasks ({', '.join(tasks)}) and have no common mean; "
            "sum up each task by itself"
        )


def _means(played: Sequence[Played], reference: Reference | None) -> list[Reading]:
    """One reading per update and target, yet without a rule, by update and then order of play."""
    groups: dict[tuple[int, float | None], list[float]] = {}
    for one in played:
        groups.setdefault((one.update, one.target), []).append(one.total_reward)
    by_update = sorted(groups.items(), key=lambda item: item[0][0])
    return [_mean(*key, returns, reference) for key, returns in by_update]


def _mean(
    update: int, target: float | None, returns: list[float], reference: Reference | None
) -> Reading:
    mean = sum(returns) / len(returns)
    interval = half_interval(returns)
    return Reading(
        rule="",
        label="",
        update=update,
        target=target,
        episodes=len(returns),
        mean=mean,
        interval=interval,
        normalised=normalised(mean, reference),
        normalised_interval=normalised_spread(interval, reference),
    )


def _primary(primary: float | None, targets: Targets) -> float | None:
    if primary is None:
        return targets[0]
    if primary not in targets:
        played = ", ".join(_number(target) for target in targets)
        raise BadInput(f"no episode was played for the target {_number(primary)}, only {played}")
    return primary


def _last(means: Sequence[Reading], target: float | None) -> Reading:
    return [mean for mean in means if mean.target == target][-1]


def _highest(means: Sequence[Reading]) -> Reading:
    return max(means, key=lambda mean: mean.mean)


def _named(mean: Reading, rule: str, label: str) -> Reading:
    return dataclasses.replace(mean, rule=rule, label=label)


def _best_over(means: Sequence[Reading]) -> str:
    updates = len({mean.update for mean in means})
    return f"best of {counted(updates, 'evaluation')} over training"


def _best_target(targets: Targets) -> str:
    return f"best of {counted(len(targets), 'target')}"


def _at(target: float | None) -> str:
    return "" if target is None else f", target {_number(target)}"


def _number(target: float | None) -> str:
    return "none" if target is None else f"{target:,.10g}"
