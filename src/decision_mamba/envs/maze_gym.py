"""Mazes as ordinary Gymnasium environments.

Importing this module registers them: `gymnasium.make("decision_mamba/darkroom-v0")`, and
`gymnasium.make("decision_mamba/tmaze-v0", name="tmaze-active-250")` for a T-maze of any corridor.
"""

from typing import Any

import gymnasium
import numpy as np
from jaxtyping import Float
from numpy import ndarray

from decision_mamba.envs.environment import Image
from decision_mamba.envs.maze import Maze
from decision_mamba.envs.maze_picture import picture
from decision_mamba.envs.mazes import NAMED, maze
from decision_mamba.errors import BadInput


class MazeEnv(gymnasium.Env[Float[ndarray, " o"], np.int64]):
    """One copy of a maze.

    Every episode is one of a task drawn anew, whose number is in the info, unless `places` fixes
    it: column and row of the goal, or of the key and then of the door, or -1 or 1 for the arm of
    a T-maze.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 5}  # noqa: RUF012 (as gymnasium does)

    def __init__(
        self,
        name: str,
        *,
        places: tuple[int, ...] | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.maze = maze(name)
        self._fixed = None if places is None else self.maze.number(places)
        self.render_mode = render_mode
        self.action_space = gymnasium.spaces.Discrete(self.maze.actions)
        self.observation_space = _seen_in(self.maze)
        self._instance = np.zeros(1, np.int64)
        self._way = [0]

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Float[ndarray, " o"], dict[str, Any]]:
        """Begins an episode; options may have the number of a task under "instance"."""
        super().reset(seed=seed)
        drawn = int(self.np_random.integers(self.maze.instances))
        asked = (options or {}).get("instance", drawn if self._fixed is None else self._fixed)
        if not 0 <= asked < self.maze.instances:
            raise BadInput(f"this maze has tasks 0 to {self.maze.instances - 1}; got {asked}")
        self._instance = np.array([asked], np.int64)
        self._way = [int(self.maze.start(self._instance, self.np_random.random(1))[0])]
        return self._shown(), {"instance": asked}

    def step(
        self, action: np.int64
    ) -> tuple[Float[ndarray, " o"], float, bool, bool, dict[str, Any]]:
        if not 0 <= int(action) < self.maze.actions:
            raise BadInput(f"this maze has actions 0 to {self.maze.actions - 1}; got {action}")
        time = np.array([len(self._way) - 1])
        state = np.array([self._way[-1]])
        moved = self.maze.step(self._instance, state, np.array([int(action)]), time)
        self._way.append(int(moved.states[0]))
        ended = bool(moved.ended[0])
        late = not ended and len(self._way) > self.maze.horizon
        return self._shown(), float(moved.rewards[0]), ended, late, {"instance": self._instance[0]}

    def render(self) -> Image | None:
        if self.render_mode is None:
            return None
        return picture(self.maze, int(self._instance[0]), np.array(self._way))

    def _shown(self) -> Float[ndarray, " o"]:
        time = np.array([len(self._way) - 1])
        shown: Float[ndarray, " o"] = self.maze.observe(
            self._instance, np.array([self._way[-1]]), time
        )[0]
        return shown


def _seen_in(maze: Maze) -> gymnasium.spaces.Box:
    states = np.arange(maze.states)
    seen = [
        maze.observe(np.full_like(states, task), states, np.full_like(states, time))
        for task in (0, maze.instances - 1)
        for time in (0, maze.horizon)
    ]
    whole = np.concatenate(seen)
    return gymnasium.spaces.Box(whole.min(axis=0), whole.max(axis=0), dtype=np.float32)


for _id, _name in [*((name, name) for name in NAMED), ("tmaze", "tmaze-1k")]:
    gymnasium.register(
        f"decision_mamba/{_id}-v0",
        entry_point="decision_mamba.envs.maze_gym:MazeEnv",
        kwargs={"name": _name},
    )
