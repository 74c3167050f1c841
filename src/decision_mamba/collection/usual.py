"""Who plays a task, and how long, where nothing else is asked for.

Chosen so that a history improves from random play to the optimum and over most of its length, for
a context shows only some of its episodes. docs/decisions/0010 has the curves.
"""

import dataclasses

from decision_mamba.collection.demonstrations import Demonstrations
from decision_mamba.collection.dqn import DQN
from decision_mamba.collection.learners import LearnerSettings
from decision_mamba.collection.noise import Noise
from decision_mamba.collection.q_learning import QLearning
from decision_mamba.collection.uniform import Uniform
from decision_mamba.envs.mazes import maze, settings_of


@dataclasses.dataclass(frozen=True)
class Usual:
    """What is played of each task.

    Attributes:
        histories: of each task.
        episodes: of each history.
    """

    learner: LearnerSettings
    histories: int
    episodes: int


# A reward had once makes for episodes of 0 or 1, which only a slow end of the exploration spreads
# over the history. In 40 x 40 cells a reward must be carried back over its whole way at once.
_ONCE = QLearning(explored=0.9)
_FAR = QLearning(discount=0.99, explored=0.9, sweeps=1)

_ROOMS = {
    "darkroom-hard": Usual(_ONCE, 50, 200),
    "key-to-door": Usual(_ONCE, 50, 200),
    "large-darkroom": Usual(_FAR, 10, 200),
    "large-darkroom-hard": Usual(_FAR, 10, 200),
    "large-darkroom-dynamic": Usual(_FAR, 10, 200),
    "large-key-to-door": Usual(_FAR, 5, 200),
    "darkroom-hard-17": Usual(_FAR, 20, 500),
}
_ROOM = Usual(QLearning(), 50, 200)


def usual(task: str, learner: LearnerSettings | None = None) -> Usual:
    """What is played of a task by this learner; if None, by the one that suits the task.

    Raises:
        BadInput: no maze is named so.
    """
    room = _room(task)
    match learner:
        case None:
            return room if maze(task).timeless else Usual(Demonstrations(), 1, 4)
        case Noise() if not maze(task).timeless:
            return Usual(learner, 5, 20)  # whose episodes may have thousands of steps
        case QLearning() | Noise():
            return dataclasses.replace(room, learner=learner)
        case DQN():
            # Networks learn more slowly than tables, and play at under a hundredth of their speed.
            return Usual(learner, max(room.histories // 5, 1), 2 * room.episodes)
        case Uniform():
            # Lee et al. 2023, arXiv:2306.14892: 100 transitions, each an episode of its own.
            return Usual(learner, 1000, 100)
        case Demonstrations():
            return Usual(learner, 1, 4)


def _room(task: str) -> Usual:
    """By the rules of the task, for one has several names; else by what it is a variant of."""
    alike = (room for name, room in _ROOMS.items() if settings_of(name) == settings_of(task))
    return next(alike, _ROOMS.get(task.partition("@")[0], _ROOM))
