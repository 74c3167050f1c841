"""Which part of a source is read: what stands behind the @ of its name."""

import dataclasses
from pathlib import Path

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Selection:
    """A part of a source in whole episodes; by default all of it.

    Attributes:
        steps: how many at least; None for all.
        episodes: how many at least; None for all. With both, until both are reached.
        shards: only the last so many of a folder, the official `num_buffers`; None for all.
        capacity: only the first so many steps of each shard; the official code knows 100,000.
        seed: if given, shards are visited at random as the official code does with this seed, and
            episodes come in that order. If not, every shard gives the same share of what is wanted.
        per_visit: the official `trajectories_per_buffer`, for such visits.
    """

    steps: int | None = None
    episodes: int | None = None
    shards: int | None = None
    capacity: int | None = None
    seed: int | None = None
    per_visit: int = 10

    @staticmethod
    def of(name: str, *, sharded: bool = False) -> "Selection":
        """Reads the part that a source's name chooses, such as "pong.hdf5@steps=2000".

        Args:
            name: of the source.
            sharded: whether it is a folder of shards; only those know more than the first two.

        Raises:
            BadInput: what stands behind the @ chooses nothing.
        """
        place, text = split(name)
        fields = [field.name for field in dataclasses.fields(Selection)]
        known = fields if sharded else ["steps", "episodes"]
        chosen: dict[str, int] = {}
        for part in text.split(",") if place != name else []:
            key, _, value = part.partition("=")
            if key not in known or not value.isdecimal() or (int(value) == 0 and key != "seed"):
                raise BadInput(
                    f"{part!r} chooses no part of {name}; expected NAME=NUMBER with a whole number "
                    f"from 1 and one of {', '.join(known)}"
                )
            if key in chosen:
                raise BadInput(f"{name} chooses {key} twice; give it once")
            chosen[key] = int(value)
        if "seed" in chosen and ("steps" not in chosen or "episodes" in chosen):
            raise BadInput(
                f"{name}: visits with a seed end after so many steps; give steps=NUMBER as well, "
                "and no number of episodes"
            )
        return Selection(**chosen)

    @property
    def is_all(self) -> bool:
        """Whether no number of steps or episodes is wanted."""
        return self.steps is None and self.episodes is None

    def first(self, name: str, lengths: Int[ndarray, " episodes"], place: Path) -> int:
        """How many of the first episodes are read.

        Args:
            name: of the source, for the message.
            lengths: steps of each of its episodes.
            place: where it was found, for the message.

        Raises:
            BadInput: it has not as many as are wanted.
        """
        if self.is_all:
            return len(lengths)
        self.require(name, int(lengths.sum()), len(lengths), place=place)
        reached = int(np.searchsorted(np.cumsum(lengths), self.steps or 0)) + 1
        return max(reached if self.steps else 0, self.episodes or 0)

    def require(self, name: str, steps: int, episodes: int, *, place: Path) -> None:
        """Refuses to take less than is wanted for all that there is.

        Args:
            name: of the source.
            steps: how many there are in whole episodes.
            episodes: how many there are.
            place: where the source was found, which its name may not say.

        Raises:
            BadInput: naming both.
        """
        for wanted, there, of in (
            (self.steps, steps, "steps"),
            (self.episodes, episodes, "episodes"),
        ):
            if wanted is not None and there < wanted:
                raise BadInput(
                    f"{name} asks for {wanted:,} {of}, but the whole episodes of {place} have "
                    f"{there:,}; ask for fewer"
                )


def split(name: str) -> tuple[str, str]:
    """Cuts a source's name into where it lies and which part of it is meant.

    What is there by the whole name is meant whole, and an @ in a folder's name chooses nothing.
    """
    place, at, text = name.rpartition("@")
    if not at or "/" in text or Path(name).exists():
        return name, ""
    return place, text
