"""Networks side by side learn what a table learns, each task its own."""

import numpy as np
import pytest
import torch

from decision_mamba.collection.dqn import DQN, learn_deeply, targets
from decision_mamba.collection.replay import Steps
from decision_mamba.collection.trace import Trace
from decision_mamba.envs.gridworld import GridWorld
from decision_mamba.envs.maze import Maze
from decision_mamba.envs.optimum import optimal_returns
from decision_mamba.envs.tmaze import TMaze
from decision_mamba.errors import BadInput

QUICK = DQN(hidden=(32,), begins=20, every=2, renewed=20)


def played(maze: Maze, instances: list[int], episodes: int, settings: DQN = QUICK) -> list[Trace]:
    return learn_deeply(
        settings, maze, instances, histories=3, episodes=episodes,
        generator=np.random.default_rng(0),
    )  # fmt: skip


def test_histories_of_every_task_end_at_its_optimum() -> None:
    room, tasks = GridWorld(size=5, horizon=10).build(), [0, 7, 24]

    traces = played(room, tasks, 120)

    bests = optimal_returns(room, np.array(tasks))
    for trace, best in zip(traces, bests, strict=True):
        returns = trace.returns.reshape(3, 120)
        assert returns[:, :10].mean() < 0.5 * best
        assert returns[:, -10:].mean() > 0.95 * best


def test_a_key_that_was_found_is_seen() -> None:
    # From the middle to the key on the left and back to the door on the right: who does not see
    # whether the key was found turns round in the middle one way only.
    room = GridWorld(size=3, horizon=6, rule="key, then door").build()

    [trace] = played(room, [3 * 9 + 5], 150)

    assert trace.returns.reshape(3, 150)[:, -10:].tolist() == [[2.0] * 10] * 3


def test_what_follows_counts_unless_the_task_ended() -> None:
    states = np.zeros((1, 2), np.int64)
    rewards, ends = np.ones((1, 2), np.float32), np.array([[False, True]])
    steps = Steps(states, states, rewards, states, ends)

    assert targets(steps, torch.tensor([[4.0, 4.0]]), 0.5).tolist() == [[3.0, 1.0]]


def test_the_generator_decides_and_histories_differ() -> None:
    room = GridWorld(size=3, horizon=5).build()

    first, again = played(room, [0, 5], 20), played(room, [0, 5], 20)

    for mine, other in zip(first, again, strict=True):
        assert np.array_equal(mine.actions, other.actions)
    assert not np.array_equal(first[0].actions[:20], first[0].actions[20:40])


def test_an_episode_ends_where_the_room_ends_it() -> None:
    room = GridWorld(size=3, horizon=8, rule="goal once", ends=True).build()

    [trace] = played(room, [5], 80)

    assert trace.lengths.reshape(3, 80)[:, -5:].tolist() == [[1] * 5] * 3
    assert np.array_equal(trace.returns, trace.ended)


def test_the_chance_of_a_random_action_falls_to_what_is_left_at_the_end() -> None:
    room = GridWorld(size=3, horizon=20).build()
    random = DQN(begins=10**6, explored=0.5, last=1.0)  # never learns, always plays at random

    [trace] = played(room, [4], 40, random)

    assert np.bincount(trace.actions.ravel()).min() > 400  # of 480 on average


def test_a_maze_that_pays_by_the_clock_is_refused() -> None:
    with pytest.raises(BadInput, match="collected by demonstrations"):
        played(TMaze(corridor=3).build(), [0], 1)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (DQN(rate=-1.0), "DQN's rate is -1; give 0 to 1"),
        (DQN(discount=1.5), r"DQN's discount is 1\.5; give 0 to 1"),
        (DQN(every=0), "DQN's every is 0; give at least 1"),
        (DQN(begins=-1), "DQN's begins is -1; give at least 0"),
        (DQN(hidden=(8, 0)), r"DQN's hidden is \(8, 0\); give widths of at least 1"),
    ],
)
def test_settings_out_of_their_range_are_named(settings: DQN, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        played(GridWorld(size=3).build(), [0], 1, settings)
