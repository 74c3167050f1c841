"""Learning histories without a learner: a policy that knows the task, less and less disturbed.

Source: AD-ε (Zisman et al. 2024, arXiv:2312.12275; corl-team/ad-eps): the chance of a random
action falls linearly from 1 over the first nine tenths of the steps.
"""

import dataclasses

import numpy as np

from decision_mamba.collection.bounds import AT_LEAST_0, SHARE, require_within
from decision_mamba.collection.trace import Recorder, Trace
from decision_mamba.envs.maze import Maze


@dataclasses.dataclass(frozen=True)
class Noise:
    """Settings of the disturbance.

    Attributes:
        last: chance of a random action at the end (the source's 1 - max_perf).
        falling: share of a history's steps in which the chance falls.
    """

    last: float = 0.0
    falling: float = 0.9


def disturb(
    settings: Noise,
    maze: Maze,
    instance: int,
    *,
    histories: int,
    episodes: int,
    generator: np.random.Generator,
) -> Trace:
    """Plays `histories` times `episodes` episodes of one task, all histories side by side.

    Raises:
        BadInput: a setting is out of its range.
    """
    require_within(settings, {"last": SHARE, "falling": AT_LEAST_0})
    instances = np.full(histories, instance)
    recorder = Recorder(maze, instances, episodes, maze.horizon)
    falling = max(settings.falling * episodes * maze.horizon, 1.0)
    for episode in range(episodes):
        states = maze.start(instances, generator.random(histories))
        recorder.begin(episode, states)
        for time in range(maze.horizon):
            gone = min((episode * maze.horizon + time) / falling, 1.0)
            chance = 1 + gone * (settings.last - 1)
            random = generator.integers(maze.actions, size=histories)
            is_random = generator.random(histories) < chance
            best = maze.optimal(instances, states)
            states = recorder.step(episode, time, np.where(is_random, random, best))
    return recorder.trace()
