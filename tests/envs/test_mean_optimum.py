"""The mean optimum is that of the very tasks asked for."""

import numpy as np
import pytest

from decision_mamba.envs import mean_optimum as module
from decision_mamba.envs.maze import Maze
from decision_mamba.envs.mazes import maze
from decision_mamba.envs.mean_optimum import mean_optimum
from decision_mamba.envs.optimum import optimal_returns


def test_it_is_the_mean_over_the_tasks_given() -> None:
    room: Maze = maze("darkroom")
    near, far = room.number((4, 3)), room.number((0, 0))

    # One step to the goal of 20, and eight.
    assert mean_optimum("darkroom", frozenset({near, far})) == (20 + 13) / 2
    assert mean_optimum("darkroom", frozenset(range(81))) == pytest.approx(16.5, abs=0.06)


def test_parts_of_many_tasks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 1000)

    part_by_part = mean_optimum("key-to-door", frozenset(range(0, 6561, 1000)))

    whole = optimal_returns(maze("key-to-door"), np.arange(0, 6561, 1000))
    assert part_by_part == pytest.approx(whole.mean())


@pytest.mark.parametrize("task", ["tmaze-7", "tmaze-active-7"])
def test_in_a_t_maze_optimal_actions_earn_the_optimum(task: str) -> None:
    exact = optimal_returns(maze(task), np.arange(2)).mean()

    assert mean_optimum(task, frozenset({0, 1})) == exact == 1.0
