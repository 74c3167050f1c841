"""Each row is told its own age and what is still asked of it, and where its last episode ended."""

import numpy as np
import torch

from decision_mamba.batch import Batch, Context
from decision_mamba.models.standing import Standing
from decision_mamba.spaces import Continuous, Discrete

SEEN = np.array([[1.0], [2.0], [3.0]], np.float32)


def step(standing: Standing, seen: np.ndarray = SEEN) -> Context:
    known = standing.step(seen, Discrete(4), told_rewards=True)
    assert isinstance(known, Context)
    return known


def test_rows_begin_at_age_zero_with_the_whole_target() -> None:
    known = Standing(20.0, 3).step(SEEN, Continuous((-1.0,), (1.0,)), told_rewards=False)

    assert type(known) is Batch
    assert known.timesteps.tolist() == [[0], [0], [0]]
    assert known.returns_to_go.tolist() == [[20.0], [20.0], [20.0]]
    assert known.actions.tolist() == [[[0.0]], [[0.0]], [[0.0]]]


def test_what_was_earned_is_no_longer_asked_for() -> None:
    standing = Standing(20.0, 3)
    standing.passed(np.array([1.0, 2.0, 0.0], np.float32))
    standing.passed(np.full(3, 0.5, np.float32))

    assert step(standing).timesteps.tolist() == [[2], [2], [2]]
    assert step(standing).returns_to_go.tolist() == [[18.5], [17.5], [19.5]]


def test_another_episode_begins_where_it_should_and_nowhere_else() -> None:
    standing = Standing(20.0, 3)
    standing.passed(np.ones(3, np.float32))

    standing.again(np.array([False, True, False]), SEEN + 10)

    known = step(standing)
    assert known.timesteps.tolist() == [[1], [0], [1]]
    assert known.returns_to_go.tolist() == [[19.0], [20.0], [19.0]]
    assert known.observations.flatten().tolist() == [1.0, 2.0, 3.0]
    assert known.arrived.flatten().tolist() == [1.0, 12.0, 3.0]


def test_an_episode_ends_once() -> None:
    standing = Standing(20.0, 3)
    standing.passed(np.ones(3, np.float32))
    standing.again(np.array([True, True, False]), SEEN + 10)

    standing.passed(np.ones(3, np.float32))

    assert step(standing).arrived.flatten().tolist() == [1.0, 2.0, 3.0]


def test_rows_that_leave_take_what_is_theirs_along() -> None:
    standing = Standing(20.0, 3)
    standing.passed(np.array([1.0, 2.0, 3.0], np.float32))
    standing.again(np.array([False, False, True]), SEEN + 10)

    standing.keep(np.array([False, True, True]))

    known = step(standing, SEEN[1:])
    assert standing.copies == 2
    assert known.timesteps.tolist() == [[1], [0]]
    assert known.returns_to_go.tolist() == [[18.0], [20.0]]
    assert known.arrived.flatten().tolist() == [2.0, 13.0]


def test_nothing_is_known_of_what_the_step_will_earn() -> None:
    known = step(Standing(20.0, 3))

    assert known.rewards.tolist() == [[0.0], [0.0], [0.0]]
    assert known.goals.shape == (3, 1, 0)
    assert known.mask.all()


def test_steps_that_are_remembered_stay_as_they_were() -> None:
    standing = Standing(20.0, 3)
    before = step(standing)

    standing.passed(np.ones(3, np.float32))
    standing.again(np.array([True, False, False]), SEEN)

    assert before.returns_to_go.tolist() == [[20.0], [20.0], [20.0]]
    assert torch.equal(before.timesteps, torch.zeros(3, 1, dtype=torch.int64))
