"""Scripted episodes of which a given share succeeds, for T-mazes.

A deterministic corridor has only four episodes, side by turn, and what a policy must learn is one
action in thousands; so how often each outcome is shown is a setting and not left to chance.
"""

import dataclasses

import numpy as np

from decision_mamba.collection.bounds import SHARE, require_within
from decision_mamba.collection.trace import Recorder, Trace
from decision_mamba.envs.maze import Maze
from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Demonstrations:
    """Settings of the script.

    Attributes:
        success: share of the episodes of a history that end in the right arm, rounded to whole
            episodes and spread evenly. One half makes target and cue an exclusive or, which has
            no linear signal to begin learning by.
    """

    success: float = 0.75


def demonstrate(
    settings: Demonstrations,
    maze: Maze,
    instance: int,
    *,
    histories: int,
    episodes: int,
    generator: np.random.Generator,
) -> Trace:
    """Plays the optimal policy of the task, or, where it shall fail, of the other side's.

    Until the cue both are the same, so a failure is the same episode but for the turn.

    Raises:
        BadInput: the maze has more than the two sides of a T, or the share is none.
    """
    require_within(settings, {"success": SHARE})
    if maze.instances != 2:
        raise BadInput(
            "demonstrations are of T-mazes, where the other side's way is the wrong one; collect "
            "rooms by learning or by noise"
        )
    instances = np.full(histories, instance)
    recorder = Recorder(maze, instances, episodes, maze.horizon)
    # Whether the sum of shares passes a whole number: evenly spread, the first one a success.
    shares = np.ceil(settings.success * np.arange(episodes + 1) - 1e-9)
    for episode in range(episodes):
        succeeds = shares[episode + 1] > shares[episode]
        states = maze.start(instances, generator.random(histories))
        recorder.begin(episode, states)
        aims = instances if succeeds else 1 - instances
        for time in range(maze.horizon):
            states = recorder.step(episode, time, maze.optimal(aims, states))
    return recorder.trace()
