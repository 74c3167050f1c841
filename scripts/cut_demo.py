"""Cuts the bundled Hopper episodes from longer recordings.

    python scripts/cut_demo.py --data FOLDER

The folder holds `hopper_medium.hdf5` and `hopper_expert.hdf5` in D4RL's layout. From each file
episodes are taken in turns from bands of return, 500 wide, as long as a band has any left, so that
a policy sees every level it may be asked for: most of the medium episodes fall at 1,000 to 1,500
and most of the expert ones reach the time limit at 3,600, and few lie between.
"""

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tyro

from decision_mamba.data.read import read
from decision_mamba.data.sources import find, record
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode

_TASK = "Hopper-v4"
_BAND = 500
_TAKEN = {"hopper_medium.hdf5": 75, "hopper_expert.hdf5": 30}


@dataclasses.dataclass(frozen=True)
class Cut:
    """Cuts the bundled Hopper episodes from longer recordings."""

    data: Path
    """Folder that holds hopper_medium.hdf5 and hopper_expert.hdf5."""
    out: Path = dataclasses.field(default_factory=lambda: find("demo"))
    """Where to write them."""
    seed: int = 0
    """Which episodes of a band are taken."""


def main() -> None:
    """Writes the file and prints the table of its card."""
    cut = tyro.cli(Cut)
    record(cut.out, _taken(cut), task=_TASK)
    _print_table(read([str(cut.out)]))


def _taken(cut: Cut) -> Iterator[Episode]:
    for name, count in _TAKEN.items():
        store = read([str(cut.data / name)])
        generator = np.random.default_rng(cut.seed)
        for index in _spread(store, count, generator):
            yield store.episode(index)


def _spread(store: Store, count: int, generator: np.random.Generator) -> list[int]:
    """Indices of episodes, in the order of recording, taken in turns from bands of return."""
    band = store.returns // _BAND
    mixed = generator.permutation(store.episodes)
    queues = [list(mixed[band[mixed] == value]) for value in np.unique(band)]
    taken: list[int] = []
    while len(taken) < count:
        for queue in queues:
            taken += [queue.pop()] if queue else []
        queues = [queue for queue in queues if queue]
    return sorted(int(index) for index in taken[:count])


def _print_table(store: Store) -> None:
    medium = np.arange(store.episodes) < _TAKEN["hopper_medium.hdf5"]
    band = (store.returns // _BAND).astype(int)
    lines = ["| return | medium | expert | steps |", "|---|---|---|---|"]
    for value in range(band.min(), band.max() + 1):
        here = band == value
        bounds = f"{value * _BAND:,} to {(value + 1) * _BAND:,}"
        counts = f"{(here & medium).sum()} | {(here & ~medium).sum()}"
        lines.append(f"| {bounds} | {counts} | {store.lengths[here].sum():,} |")
    counts = f"{medium.sum()} | {(~medium).sum()}"
    lines.append(f"| all | {counts} | {store.steps:,} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
