"""Last and best episode are labelled, and stand beside the optimum of their own tasks."""

import pytest

from decision_mamba.envs import Reference
from decision_mamba.evaluation.in_context_readings import optimum, readings_in_context
from decision_mamba.result import Played

# The centre's left neighbour, one step away, and a corner, eight steps away.
NEAR, FAR = 4 * 9 + 3, 0


def played(copy: int, instance: int | None, *returns: float, update: int = 5) -> list[Played]:
    return [
        Played(update, "darkroom", "recurrent", 9.0, 0, copy, reached, 20, number, instance)
        for number, reached in enumerate(returns, start=1)
    ]


def test_both_readings_say_which_they_are() -> None:
    both = [*played(0, NEAR, 1.0, 20.0, 10.0), *played(1, FAR, 0.0, 2.0, 4.0)]

    last, best = readings_in_context([*played(0, NEAR, 9.0, update=1), *both], None)

    assert (last.rule, last.label) == ("last-episode", "last update, episode 3, the last")
    assert (last.mean, last.episodes, last.update, last.target) == (7.0, 2, 5, 9.0)
    assert best.rule == "best-episode"
    assert best.label == "last update, each copy's best of 3 episodes, as AT and IDT report"
    assert (best.mean, best.normalised) == (12.0, None)
    # 20 and 13.
    assert last.optimum == best.optimum == 16.5


def test_a_task_with_a_reference_is_normalised() -> None:
    alone = [*played(0, None, 10.0), *played(1, None, 20.0)]

    last, _ = readings_in_context(alone, Reference(random=5.0, expert=25.0))

    assert (last.normalised, last.optimum) == (50.0, None)
    assert last.interval is not None
    assert last.normalised_interval == pytest.approx(last.interval * 5)


def test_each_task_counts_once_in_the_optimum() -> None:
    assert optimum([*played(0, NEAR, 0.0), *played(1, NEAR, 0.0), *played(2, FAR, 0.0)]) == 16.5


def test_episodes_by_themselves_give_no_readings() -> None:
    alone = Played(5, "darkroom", "recurrent", None, 0, 0, 3.0, 20)

    assert readings_in_context([alone], None) == ()
