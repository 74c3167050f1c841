"""Rows that nobody has played have the shape of those that somebody has."""

import torch

from decision_mamba.analysis.made_up import made_up
from decision_mamba.batch import Context
from decision_mamba.models import Hybrid
from decision_mamba.models.policy import Model
from tests.conftest import CHOICES, SPACES


def test_episodes_follow_one_another_at_their_horizon() -> None:
    rows = made_up(Model(), SPACES, 2, steps=5, horizon=2)

    assert rows.timesteps.tolist() == [[0, 1, 0, 1, 0]] * 2


def test_without_a_horizon_an_episode_goes_on() -> None:
    assert made_up(Model(), SPACES, 1, steps=3).timesteps.tolist() == [[0, 1, 2]]


def test_a_policy_that_reads_rewards_is_given_a_context_and_no_other() -> None:
    model = Model(tokens="history", levels=3)

    told, untold = (made_up(one, CHOICES, 2, steps=4) for one in (model, Model()))

    assert isinstance(told, Context)
    assert not isinstance(untold, Context)
    assert set(told.observations.flatten().tolist()) == {0.0, 1.0, 2.0}


def test_sub_goals_are_told_to_a_hybrid_that_learns_from_them() -> None:
    with_goals, without = (
        made_up(Hybrid(goal_weight=weight), SPACES, 2, steps=4) for weight in (0.5, 0.0)
    )

    assert isinstance(with_goals, Context)
    assert isinstance(without, Context)
    assert (with_goals.goals.shape, without.goals.shape) == ((2, 4, 3), (2, 4, 0))
    assert torch.equal(with_goals.weights, torch.ones(2, 4))
