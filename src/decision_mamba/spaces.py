"""What an environment shows and takes, as far as a policy must know it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Vector:
    """Observations of `size` real numbers."""

    size: int


@dataclasses.dataclass(frozen=True)
class Continuous:
    """Actions of real numbers between `low` and `high`, one bound per number, in raw units."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def size(self) -> int:
        return len(self.low)


@dataclasses.dataclass(frozen=True)
class Spaces:
    """Both sides of the boundary between a policy and its environment."""

    observation: Vector
    action: Continuous

    def __str__(self) -> str:
        return f"{self.observation.size} observation and {self.action.size} action numbers"
