"""The ways to sum up consecutive episodes in one number, each under a label that says which.

DM-H reports the last episode (Huang et al. 2024, arXiv:2406.00079), Agentic Transformer (Liu and
Abbeel 2023) and IDT, by the authors of DM-H, each task's best, which is the higher.
"""

from collections.abc import Sequence

from decision_mamba.by_episode import Mean, best_episode, by_episode, last_evaluation
from decision_mamba.envs import Reference, settings_of
from decision_mamba.envs.mean_optimum import mean_optimum
from decision_mamba.evaluation.scores import normalised, normalised_spread
from decision_mamba.result import Played, Reading
from decision_mamba.words import counted


def readings_in_context(
    played: Sequence[Played], reference: Reference | None
) -> tuple[Reading, ...]:
    """Sums up the last evaluation in two ways; no consecutive episodes give no readings.

    Args:
        played: every episode of every evaluation of one run, in the order of play.
        reference: the task's, for normalised scores.

    Returns:
        "last-episode" and "best-episode", each beside the optimum of the very tasks played.
    """
    of_last = last_evaluation(played)
    if not of_last:
        return ()
    last, best = by_episode(of_last)[-1], best_episode(of_last)
    return (
        _reading("last-episode", f"episode {last.number}, the last", of_last, last, reference),
        _reading(
            "best-episode",
            f"each copy's best of {counted(last.number, 'episode')}, as AT and IDT report",
            of_last,
            best,
            reference,
        ),
    )


def optimum(played: Sequence[Played]) -> float | None:
    """Mean optimum of the tasks that were played, each counted once; None where it is not known."""
    task = played[0].task
    instances = frozenset(one.instance for one in played if one.instance is not None)
    if not instances or settings_of(task) is None:
        return None
    return mean_optimum(task, instances)


def _reading(
    rule: str, label: str, of_last: Sequence[Played], mean: Mean, reference: Reference | None
) -> Reading:
    return Reading(
        rule=rule,
        label=f"last update, {label}",
        update=of_last[0].update,
        target=of_last[0].target,
        episodes=mean.count,
        mean=mean.mean,
        interval=mean.interval,
        normalised=normalised(mean.mean, reference),
        normalised_interval=normalised_spread(mean.interval, reference),
        optimum=optimum(of_last),
    )
