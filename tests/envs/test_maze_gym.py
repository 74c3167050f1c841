"""Mazes are Gymnasium environments that pass Gymnasium's own checker."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from decision_mamba.envs.maze_gym import MazeEnv
from decision_mamba.envs.mazes import NAMED
from decision_mamba.errors import BadInput


@pytest.mark.parametrize("name", [*NAMED, "tmaze"])
def test_every_maze_passes_gymnasiums_checker(name: str) -> None:
    made = gymnasium.make(f"decision_mamba/{name}-v0", render_mode="rgb_array")

    check_env(made.unwrapped)


def test_a_goal_can_be_placed() -> None:
    room = MazeEnv("darkroom", places=(3, 4))
    room.reset(seed=0)

    _, reward, *_ = room.step(np.int64(0))

    assert reward == 1.0


def test_a_goal_outside_the_grid_is_refused() -> None:
    with pytest.raises(BadInput, match=r"\(9, 4\) lies outside a room of 9 x 9"):
        gymnasium.make("decision_mamba/darkroom-v0", places=(9, 4))


def test_a_task_can_be_named_at_reset_and_no_other_than_there_are() -> None:
    tee = MazeEnv("tmaze-2")

    shown, info = tee.reset(options={"instance": 1})

    assert shown.tolist() == [0.0, 1.0]
    assert info["instance"] == 1
    with pytest.raises(BadInput, match="tasks 0 to 1; got 2"):
        tee.reset(options={"instance": 2})


def test_the_clock_ends_an_episode() -> None:
    room = MazeEnv("darkroom")
    room.reset(seed=0)

    ends = [room.step(np.int64(4))[2:4] for _ in range(20)]

    assert ends == [(False, False)] * 19 + [(False, True)]


def test_nothing_is_drawn_unless_asked() -> None:
    room = MazeEnv("darkroom")
    room.reset(seed=0)

    assert room.render() is None


@pytest.mark.parametrize("action", [-1, 5])
def test_an_action_that_there_is_not_is_refused(action: int) -> None:
    room = MazeEnv("darkroom")
    room.reset(seed=0)

    with pytest.raises(BadInput, match=f"this maze has actions 0 to 4; got {action}"):
        room.step(np.int64(action))
