"""DPT's contexts: steps that uniformly random actions took from uniformly random states.

Source: Lee et al. 2023, arXiv:2306.14892; jon--lee/decision-pretrained-transformer,
collect_data.py. Each transition stands alone, so each is an episode of one step, and a context of
H transitions is a history of H episodes.
"""

import dataclasses

import numpy as np

from decision_mamba.collection.trace import Recorder, Trace
from decision_mamba.envs.maze import Maze
from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Uniform:
    """Settings of random play.

    Attributes:
        walked: episodes are whole random walks from where the task begins; if not, as the source
            does, every step begins in a state drawn from all.
    """

    walked: bool = False


def scatter(
    settings: Uniform,
    maze: Maze,
    instance: int,
    *,
    histories: int,
    episodes: int,
    generator: np.random.Generator,
) -> Trace:
    """Plays `histories` contexts of `episodes` episodes of one task.

    Raises:
        BadInput: single steps are asked for in a maze that pays by the clock.
    """
    if not (settings.walked or maze.timeless):
        raise BadInput(
            "single steps need rewards that do not hang on the time, and a T-maze pays by the "
            "clock; collect whole walks with --learner.walked"
        )
    instances = np.full(histories, instance)
    steps = maze.horizon if settings.walked else 1
    recorder = Recorder(maze, instances, episodes, steps)
    for episode in range(episodes):
        anywhere = generator.integers(maze.states, size=histories)
        starts = maze.start(instances, generator.random(histories))
        recorder.begin(episode, starts if settings.walked else anywhere)
        for time in range(steps):
            recorder.step(episode, time, generator.integers(maze.actions, size=histories))
    return recorder.trace()
