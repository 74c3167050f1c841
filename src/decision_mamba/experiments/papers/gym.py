"""The nine Gym tasks that the papers share: environments, data sets, sizes."""

import dataclasses
from collections.abc import Mapping

from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.spaces import Continuous, Spaces, Vector
from decision_mamba.training.optimiser import Training

LEVELS = ("medium", "medium-replay", "medium-expert")


@dataclasses.dataclass(frozen=True)
class Robot:
    """A MuJoCo robot.

    Attributes:
        name: as in the names of its data sets.
        environment: the Gymnasium id closest to the one that D4RL's episodes were recorded in,
            Hopper-v2 and its like: v4 is the same simulation on current bindings, v5 is not.
    """

    name: str
    environment: str
    observations: int
    actions: int

    @property
    def spaces(self) -> Spaces:
        one = (1.0,) * self.actions
        return Spaces(Vector(self.observations), Continuous(tuple(-bound for bound in one), one))


# Sizes: D4RL (arXiv:2004.07219), v2 data sets.
HOPPER = Robot("hopper", "Hopper-v4", observations=11, actions=3)
HALFCHEETAH = Robot("halfcheetah", "HalfCheetah-v4", observations=17, actions=6)
WALKER2D = Robot("walker2d", "Walker2d-v4", observations=17, actions=6)
ROBOTS = (HOPPER, HALFCHEETAH, WALKER2D)


# In the papers after Decision Transformer: Ota 2024, arXiv:2403.19925, table 5; Dai et al. 2024,
# arXiv:2405.12094, appendix D.1.
WIDE = ("hopper-medium", "hopper-medium-replay")  # embeddings of 256
SLOW = (*WIDE, "walker2d-medium")  # learning rate 1e-4 instead of 1e-3


def training(task: str) -> Training:
    """What those papers share; the name of the task is that of its data."""
    rate = 1e-4 if task in SLOW else 1e-3
    return Training(updates=100_000, batch_size=64, learning_rate=rate, warmup=10_000)


def evaluation(robot: Robot, targets: Mapping[str, tuple[float, ...]]) -> Evaluation:
    """A hundred episodes for each of a robot's targets, ten times while it learns."""
    return Evaluation(
        task=robot.environment, every=10_000, episodes=100, targets=targets[robot.name]
    )


def data_sets(robot: Robot, level: str) -> tuple[str, ...]:
    """Names of the data sets of a task; medium-expert is medium and expert, as D4RL made it."""
    parts = ("medium", "expert") if level == "medium-expert" else (level,)
    return tuple(f"{robot.name}-{part}" for part in parts)
