"""Returns by episode: over tasks first, then over seeds."""

import pytest

from decision_mamba.by_episode import (
    Mean,
    best_episode,
    by_episode,
    last_evaluation,
    of_tasks,
    over_seeds,
    share_paid,
)
from decision_mamba.result import Played


def played(
    copy: int, *returns: float, instance: int | None = None, update: int = 1
) -> list[Played]:
    return [
        Played(update, "darkroom", "recurrent", None, 0, copy, reached, 20, number, instance)
        for number, reached in enumerate(returns, start=1)
    ]


# Task 4 is played by two copies, task 9 by one.
THREE = [
    *played(0, 0.0, 4.0, 2.0, instance=4),
    *played(1, 2.0, 0.0, 8.0, instance=4),
    *played(2, 3.0, 7.0, 1.0, instance=9),
]


def test_a_task_counts_once_however_many_copies_play_it() -> None:
    first, second, third = by_episode(THREE)

    assert (first.number, first.mean, first.count) == (1, 2.0, 2)
    assert (second.mean, third.mean) == (4.5, 3.0)
    assert by_episode(THREE[:3])[0].interval is None
    assert of_tasks(THREE, 2) == {4: 2.0, 9: 7.0}


def test_an_interval_is_over_tasks() -> None:
    first, *_ = by_episode(THREE)

    # Of 1 and 3: Student's t of one degree of freedom, times the standard error 1.
    assert first.interval == pytest.approx(12.706)


def test_the_best_is_each_copys_own() -> None:
    best = best_episode(THREE)

    assert (best.number, best.mean, best.count) == (0, ((4 + 8) / 2 + 7) / 2, 2)


def test_a_copy_is_paid_once_it_earned_in_any_episode() -> None:
    assert share_paid([*played(0, 0.0, 3.0, 0.0), *played(1, 0.0, 0.0)]) == 0.5
    assert share_paid(played(0, -1.0, 0.0)) == 0.0


def test_without_numbered_tasks_each_copy_counts() -> None:
    (only,) = by_episode([*played(0, 1.0), *played(1, 3.0), *played(2, 8.0)])

    assert (only.mean, only.count) == (4.0, 3)


def test_seeds_count_as_one_number_each() -> None:
    runs = [[Mean(1, 1.0, 9.0, 16), Mean(2, 5.0, 9.0, 16)], [Mean(1, 3.0, 9.0, 16)]]

    (first,) = over_seeds(runs)

    assert (first.number, first.mean, first.count) == (1, 2.0, 2)
    assert first.interval == pytest.approx(12.706)


def test_one_seed_keeps_its_interval_over_tasks() -> None:
    assert over_seeds([[Mean(1, 1.0, 9.0, 16)]]) == (Mean(1, 1.0, 9.0, 16),)


def test_only_the_last_evaluation_is_summed_up() -> None:
    alone = Played(3, "darkroom", "recurrent", None, 0, 0, 5.0, 20)
    history = [*played(0, 1.0, update=1), *played(0, 2.0, update=2), alone]

    assert [one.total_reward for one in last_evaluation(history)] == [2.0]
    assert last_evaluation([alone]) == []
