"""What learners reach is summed up by run, then over seeds."""

import pytest

from decision_mamba.analysis.learning import Learner, Reached, best_temperature, reached
from decision_mamba.by_episode import Mean
from decision_mamba.result import Played


def episode(copy: int, number: int, earned: float, instance: int | None) -> Played:
    return Played(
        update=0, task="darkroom", mode="recurrent", target=None, seed=0, episode=copy,
        total_reward=earned, length=20, number=number, instance=instance,
    )  # fmt: skip


def run_of(*means: float) -> Reached:
    by_episode = tuple(Mean(number, mean, 0.5, 16) for number, mean in enumerate(means, start=1))
    return Reached(by_episode, by_episode[:1], Mean(0, max(means), 0.5, 16), 0.75, {})


def test_a_run_is_summed_up_over_its_tasks() -> None:
    lasting = [
        episode(0, 1, 0.0, 7), episode(0, 2, 6.0, 7), episode(0, 3, 20.0, 7),
        episode(1, 1, 2.0, 7), episode(1, 2, 4.0, 7), episode(1, 3, 20.0, 7),
        episode(2, 1, 9.0, 4), episode(2, 2, 1.0, 4), episode(2, 3, 20.0, 4),
    ]  # fmt: skip
    control = [episode(0, 1, 0.0, 7), episode(2, 1, 9.0, 4)]

    found = reached(lasting, control, read=2)

    assert [mean.mean for mean in found.lasting] == [5.0, 3.0, 20.0]
    assert [mean.mean for mean in found.control] == [4.5]
    assert found.best.mean == 7.0  # (6 + 4) / 2 in task 7 and 9 in task 4, the third left out
    assert found.paid == 1.0
    assert found.tasks == {4: (9.0, 1.0, 20.0), 7: (1.0, 5.0, 20.0)}


def test_tasks_without_numbers_are_not_listed() -> None:
    assert reached([episode(0, 1, 3.0, None)], [], read=1).tasks == {}


def test_intervals_are_over_seeds() -> None:
    learner = Learner("ad", 2, (run_of(1.0, 10.0, 5.0), run_of(3.0, 14.0, 5.0)))

    assert [(mean.mean, mean.count) for mean in learner.lasting] == [(2.0, 2), (12.0, 2), (5.0, 2)]
    assert learner.of_each == (10.0, 14.0)
    assert learner.paid == 0.75
    assert learner.mean == 12.0
    assert learner.interval == pytest.approx(12.706 * 2.0)
    assert learner.best.mean == 12.0
    assert [mean.mean for mean in learner.control] == [2.0]


def test_one_seed_has_an_interval_over_tasks_and_none_to_compare_by() -> None:
    learner = Learner("ad", 1, (run_of(1.0, 10.0),))

    assert learner.lasting[0].interval == 0.5
    assert learner.interval is None


def test_the_first_of_equally_good_temperatures_is_chosen() -> None:
    assert best_temperature({0.3: 1.0, 0.5: 7.0, 1.0: 7.0}) == 0.5
