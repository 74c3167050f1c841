"""Episodes of mazes as numbers of states and actions, before they become what a policy sees."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from decision_mamba.envs.maze import Instances, Maze, States


@dataclasses.dataclass(frozen=True)
class Trace:
    """Episodes, one per row, in the order in which they were played.

    Attributes:
        states: before each action, and after the last; beyond an episode's end undefined.
        lengths: steps of each episode.
        ended: the task itself ended the episode, not the clock.
    """

    states: Int[ndarray, "episodes after"]
    actions: Int[ndarray, "episodes steps"]
    rewards: Float[ndarray, "episodes steps"]
    lengths: Int[ndarray, " episodes"]
    ended: Bool[ndarray, " episodes"]

    @property
    def steps(self) -> int:
        return int(self.lengths.sum())

    @property
    def returns(self) -> Float[ndarray, " episodes"]:
        """Undiscounted sum of each episode's rewards."""
        within = np.arange(self.actions.shape[1]) < self.lengths[:, None]
        returns: Float[ndarray, " episodes"] = np.where(within, self.rewards, 0).sum(axis=1)
        return returns

    def parts(self, count: int) -> "list[Trace]":
        """The episodes in so many equal parts, in their order."""
        columns = [getattr(self, field.name) for field in dataclasses.fields(Trace)]
        parts = zip(*(np.split(column, count) for column in columns), strict=True)
        return [Trace(*part) for part in parts]


class Recorder:
    """Steps b copies of a maze, episode after episode, and writes down what happens."""

    def __init__(self, maze: Maze, instances: Instances, episodes: int, steps: int) -> None:
        self._maze = maze
        self._instances = instances
        copies = len(instances)
        self._states = np.zeros((copies, episodes, steps + 1), np.int32)
        self._actions = np.zeros((copies, episodes, steps), np.int16)
        self._rewards = np.zeros((copies, episodes, steps), np.float32)
        self._lengths = np.zeros((copies, episodes), np.int32)
        self._ended = np.zeros((copies, episodes), bool)
        self._plays = np.ones(copies, bool)

    def begin(self, episode: int, states: States) -> None:
        """Begins this episode of every copy."""
        self._states[:, episode, 0] = states
        self._plays[:] = True

    def step(self, episode: int, time: int, actions: Int[ndarray, " b"]) -> States:
        """Steps the copies whose episode goes on, and gives the states of all."""
        before = self._states[:, episode, time].astype(np.int64)
        moved = self._maze.step(self._instances, before, actions, np.full(len(before), time))
        plays = self._plays
        states = np.where(plays, moved.states, before)
        self._states[:, episode, time + 1] = states
        self._actions[:, episode, time] = actions
        self._rewards[:, episode, time] = moved.rewards
        self._lengths[plays, episode] += 1
        self._ended[:, episode] |= plays & moved.ended
        self._plays = plays & ~moved.ended
        return states

    def trace(self) -> Trace:
        """All episodes, those of the first copy first."""
        return Trace(
            self._states.reshape(-1, self._states.shape[2]),
            self._actions.reshape(-1, self._actions.shape[2]),
            self._rewards.reshape(-1, self._rewards.shape[2]),
            self._lengths.ravel(),
            self._ended.ravel(),
        )
