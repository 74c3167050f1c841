"""Which tasks of a family a policy has learned from, told in so few words that they travel."""

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class HeldOut:
    """How the tasks of a family were divided when its histories were collected.

    The seed shuffles them; a share of them is held out, and of the others the first `tasks` are
    learned from.

    Attributes:
        seed: of the split.
        share: of all tasks that was held out, 0 to 1.
        tasks: how many of the others were learned from; 0 for all of them.
        places: the tasks learned from, where they were named by the places of what is hidden in
            them and not drawn; unseen are then those held out that are none of these.
    """

    seed: int = 0
    share: float = 0.2
    tasks: int = 0
    places: tuple[tuple[int, ...], ...] = ()

    @staticmethod
    def of_collection(collection: Mapping[str, Any]) -> "HeldOut":
        """Reads it off the settings that a file of histories was collected with."""
        return HeldOut(
            seed=int(collection["seed"]),
            share=float(collection["unseen"]),
            tasks=int(collection["tasks"]),
            places=tuple(tuple(map(int, places)) for places in collection["places"]),
        )
