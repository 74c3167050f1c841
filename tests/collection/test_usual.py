"""What is played without being asked for improves over most of its length, in every room."""

import numpy as np
import pytest

from decision_mamba.collection.demonstrations import Demonstrations
from decision_mamba.collection.dqn import DQN
from decision_mamba.collection.learners import play
from decision_mamba.collection.noise import Noise
from decision_mamba.collection.q_learning import QLearning
from decision_mamba.collection.uniform import Uniform
from decision_mamba.collection.usual import Usual, usual
from decision_mamba.envs.mazes import NAMED, maze
from decision_mamba.envs.split import split
from decision_mamba.errors import BadInput


@pytest.mark.parametrize("task", NAMED)
def test_histories_improve_and_not_at_once(task: str) -> None:
    chosen, room = usual(task), maze(task)
    tasks = [int(task) for task in split(room, 0)[0][:6]]

    traces = play(
        chosen.learner, room, tasks, histories=2, episodes=chosen.episodes,
        generator=np.random.default_rng(0),
    )  # fmt: skip

    returns = np.mean([trace.returns.reshape(2, -1).mean(0) for trace in traces], axis=0)
    tenths = returns.reshape(10, -1).mean(1)
    shares = tenths / tenths[-1]
    assert tenths[-1] > 0.8
    assert shares[0] < 0.3
    assert ((shares > 0.1) & (shares < 0.9)).sum() >= 3


def test_a_named_learner_keeps_its_settings() -> None:
    assert usual("large-darkroom", Noise(last=0.5)) == Usual(Noise(last=0.5), 10, 200)
    assert usual("large-darkroom", QLearning()) == Usual(QLearning(), 10, 200)
    assert usual("darkroom", DQN()) == Usual(DQN(), 10, 400)
    assert usual("large-key-to-door", DQN()) == Usual(DQN(), 1, 400)
    assert usual("darkroom-10", Uniform()) == Usual(Uniform(), 1000, 100)


def test_a_room_by_another_name_is_played_alike() -> None:
    assert usual("darkroom-hard@ends=true,size=17") == usual("darkroom-hard-17")
    assert usual("darkroom-hard-17") != usual("darkroom-hard@ends=true") == usual("darkroom-hard")


def test_t_mazes_are_demonstrated() -> None:
    assert usual("tmaze-1k") == Usual(Demonstrations(), 1, 4)
    assert usual("tmaze-1k", Noise()) == Usual(Noise(), 5, 20)


def test_an_unknown_task_is_named() -> None:
    with pytest.raises(BadInput, match="there is no maze 'lightroom'"):
        usual("lightroom")
