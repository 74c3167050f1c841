"""One line of the table: what was promised, what was measured, and beside what."""

import dataclasses
import statistics
from typing import Any, Literal


@dataclasses.dataclass(frozen=True)
class Target:
    """What the measured number shall be at least, or at most."""

    bound: Literal["≥", "≤"]
    value: float

    def is_met_by(self, number: float) -> bool:
        """Whether a number keeps the promise; one that is nan does not."""
        return number >= self.value if self.bound == "≥" else number <= self.value


@dataclasses.dataclass(frozen=True)
class Measured:
    """Numbers measured of one thing, one per round.

    Attributes:
        name: of whom, where that is not plain: the peer's.
    """

    values: tuple[float, ...]
    unit: str
    name: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """The lower one, the median and the upper one."""
        if len(self.values) == 1:
            return (self.values[0],) * 3
        low, middle, high = statistics.quantiles(self.values, n=4, method="inclusive")
        return low, middle, high

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "unit": self.unit,
            "quartiles": self.quartiles,
            "rounds": len(self.values),
        }


@dataclasses.dataclass(frozen=True)
class Row:
    """A promise and how it was kept.

    Attributes:
        group: the name under which `--only` finds it.
        what: the work.
        measured: the number that the target is about; its median counts.
        target: None where the number is only shown.
        ours: what was measured of this library, where that is not `measured` itself.
        peer: the same of whom it is compared with.
        floor: the same of what cannot be left out.
        guards: whether a miss means that something is wrong rather than slow.
        note: how it was measured, where that is not plain.
        profile: where the time goes; of a miss.
    """

    group: str
    what: str
    measured: Measured
    target: Target | None = None
    ours: Measured | None = None
    peer: Measured | None = None
    floor: Measured | None = None
    guards: bool = False
    note: str = ""
    profile: tuple[str, ...] = ()

    @property
    def passes(self) -> bool | None:
        """None where nothing was promised."""
        return None if self.target is None else self.target.is_met_by(self.measured.median)

    def explained_by(self, profile: tuple[str, ...]) -> "Row":
        """This row with its profile, if it is a miss."""
        return dataclasses.replace(self, profile=profile) if self.passes is False else self

    def as_json(self) -> dict[str, Any]:
        parts = {name: getattr(self, name) for name in ("measured", "ours", "peer", "floor")}
        return {
            "group": self.group,
            "what": self.what,
            "target": None if self.target is None else dataclasses.asdict(self.target),
            **{name: part and part.as_json() for name, part in parts.items()},
            "pass": self.passes,
            "note": self.note,
            "profile": list(self.profile),
        }


def at_least(value: float) -> Target:
    """A number that shall be no smaller."""
    return Target("≥", value)


def at_most(value: float) -> Target:
    """A number that shall be no larger."""
    return Target("≤", value)
