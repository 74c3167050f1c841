"""Copies of a maze that step together, thousands in one step of NumPy."""

from collections.abc import Sequence

import numpy as np

from decision_mamba.envs.environment import Environment, Image, Stepped
from decision_mamba.envs.maze import Instances
from decision_mamba.envs.maze_picture import picture
from decision_mamba.envs.mazes import maze
from decision_mamba.errors import BadInput
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows
from decision_mamba.spaces import Discrete, Spaces, Vector


class MazeCopies(Environment):
    """Copies of one named maze, each in a task of its own.

    Args:
        task: name of the maze.
        copies: how many there are.
        instances: which task each copy has in all its episodes, as many as there are copies; if
            None, the seed of an episode draws its task, too.
    """

    steps_per_second = 5.0

    def __init__(self, task: str, copies: int, instances: Instances | None = None) -> None:
        if copies < 1:
            raise BadInput(f"{copies} copies of {task} were asked for; at least 1 is needed")
        self.maze = maze(task)
        if instances is not None:
            _require_known(instances, copies, self.maze.instances, task)
        self.task = task
        self.spaces = Spaces(Vector(self.maze.observation), Discrete(self.maze.actions))
        self.horizon = self.maze.horizon
        self.copies = copies
        self._given = instances
        self._instances = np.zeros(copies, np.int64)
        self._times = np.zeros(copies, np.int64)
        self._ways = np.empty((self.horizon + 1, copies), np.int32)

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        if not 1 <= len(seeds) <= self.copies:
            raise ValueError(f"{len(seeds)} seeds for {self.copies} copies of {self.task}")
        return self.restart(np.arange(len(seeds)), seeds)

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        draws = np.array([np.random.default_rng(seed).random(2) for seed in seeds])
        if self._given is None:
            self._instances[rows] = draws[:, 0] * self.maze.instances
        else:
            self._instances[rows] = self._given[rows]
        instances = self._instances[rows]
        states = self.maze.start(instances, draws[:, 1])
        self._times[rows] = 0
        self._ways[0, rows] = states
        return self.maze.observe(instances, states, self._times[rows])

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        instances, times = self._instances[rows], self._times[rows]
        states = self._ways[times, rows].astype(np.int64)
        chosen = np.clip(actions, 0, self.maze.actions - 1).astype(np.int64)
        moved = self.maze.step(instances, states, chosen, times)
        times = times + 1
        self._times[rows] = times
        self._ways[times, rows] = moved.states
        return Stepped(
            observations=self.maze.observe(instances, moved.states, times),
            rewards=moved.rewards,
            terminated=moved.ended,
            truncated=(times >= self.horizon) & ~moved.ended,
        )

    def render(self, row: int) -> Image:
        way = self._ways[: self._times[row] + 1, row].astype(np.int64)
        return picture(self.maze, int(self._instances[row]), way)

    def close(self) -> None:
        """Nothing is held."""


def _require_known(instances: Instances, copies: int, known: int, task: str) -> None:
    if len(instances) != copies:
        raise BadInput(f"{len(instances)} tasks of {task} for {copies} copies; give one per copy")
    if not ((instances >= 0) & (instances < known)).all():
        raise BadInput(f"{task} has tasks 0 to {known - 1}; got {instances.min()} to "
                       f"{instances.max()}")  # fmt: skip
