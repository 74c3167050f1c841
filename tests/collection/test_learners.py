"""Every learner plays as many episodes of each task as it is asked for."""

import typing

import numpy as np
import pytest

from decision_mamba.collection.demonstrations import Demonstrations
from decision_mamba.collection.dqn import DQN
from decision_mamba.collection.learners import LearnerSettings, at_once, play
from decision_mamba.collection.q_learning import QLearning
from decision_mamba.envs.mazes import maze


@pytest.mark.parametrize("kind", typing.get_args(LearnerSettings))
def test_histories_follow_one_another(kind: type[LearnerSettings]) -> None:
    played = maze("tmaze-3" if kind is Demonstrations else "darkroom")

    traces = play(
        kind(), played, [1, 0], histories=2, episodes=3, generator=np.random.default_rng(0)
    )

    assert len(traces) == 2
    for trace in traces:
        assert len(trace.lengths) == 6
        assert (trace.lengths > 0).all()
        assert trace.states.shape[1] == trace.actions.shape[1] + 1


def test_networks_are_given_as_many_whole_tasks_as_fit_and_tables_one() -> None:
    assert at_once(DQN(networks=64), histories=10) == 6
    assert at_once(DQN(networks=64), histories=100) == 1
    assert at_once(QLearning(), histories=1) == 1
