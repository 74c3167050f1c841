"""The nine Gym tasks that the papers share: environments, data sets, sizes."""

import dataclasses

from decision_mamba.spaces import Continuous, Spaces, Vector

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


def data_sets(robot: Robot, level: str) -> tuple[str, ...]:
    """Names of the data sets of a task; medium-expert is medium and expert, as D4RL made it."""
    parts = ("medium", "expert") if level == "medium-expert" else (level,)
    return tuple(f"{robot.name}-{part}" for part in parts)
