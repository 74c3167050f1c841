"""The ways to play a task for its histories. To add one, put its settings in this union."""

from collections.abc import Callable, Sequence

import numpy as np

from decision_mamba.collection.demonstrations import Demonstrations, demonstrate
from decision_mamba.collection.dqn import DQN, learn_deeply
from decision_mamba.collection.noise import Noise, disturb
from decision_mamba.collection.q_learning import QLearning, learn
from decision_mamba.collection.trace import Trace
from decision_mamba.collection.uniform import Uniform, scatter
from decision_mamba.envs.maze import Maze

LearnerSettings = QLearning | DQN | Noise | Uniform | Demonstrations


def at_once(learner: LearnerSettings, histories: int) -> int:
    """How many tasks, of so many histories each, the learner is best given at a time."""
    return max(learner.networks // histories, 1) if isinstance(learner, DQN) else 1


def play(
    learner: LearnerSettings,
    maze: Maze,
    instances: Sequence[int],
    *,
    histories: int,
    episodes: int,
    generator: np.random.Generator,
    heard: Callable[[float], None] = lambda _: None,
) -> list[Trace]:
    """Plays whole histories of these tasks, one trace each, those of the first history first.

    A learner of several tasks at once, which may play for hours, tells `heard` now and then the
    share that is played.

    Raises:
        BadInput: the learner cannot play this maze, or has a setting that cannot be.
    """
    sizes = {"histories": histories, "episodes": episodes}
    if isinstance(learner, DQN):
        return learn_deeply(learner, maze, instances, generator=generator, heard=heard, **sizes)
    traces = []
    for instance in instances:
        match learner:
            case QLearning():
                trace = learn(learner, maze, instance, generator=generator, **sizes)
            case Noise():
                trace = disturb(learner, maze, instance, generator=generator, **sizes)
            case Uniform():
                trace = scatter(learner, maze, instance, generator=generator, **sizes)
            case Demonstrations():
                trace = demonstrate(learner, maze, instance, generator=generator, **sizes)
        traces.append(trace)
    return traces
