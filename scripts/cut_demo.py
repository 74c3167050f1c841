"""Cuts the bundled Hopper episodes from longer recordings.

    python scripts/cut_demo.py --data FOLDER

The folder holds `hopper_medium.hdf5` and `hopper_expert.hdf5` in D4RL's layout. Most of the medium
episodes fall at a return of 1,000 to 1,500 and most of the expert ones reach the time limit at
3,600. Episodes are taken by bands of return, so that a policy sees every level it may be asked
for; the two files share no band, so that a return also says whose gait earned it.
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
# Episodes by file and by the return that their band begins at.
_TAKEN = {
    "hopper_medium.hdf5": {1_000: 40, 1_500: 35},
    "hopper_expert.hdf5": {2_000: 7, 2_500: 8, 3_500: 15},
}


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
    for name, bands in _TAKEN.items():
        store = read([str(cut.data / name)])
        generator = np.random.default_rng(cut.seed)
        for index in _drawn(store, bands, generator):
            yield store.episode(index)


def _drawn(store: Store, bands: dict[int, int], generator: np.random.Generator) -> list[int]:
    """Indices of episodes in the order of recording, so many from each band."""
    drawn: list[int] = []
    for start, count in bands.items():
        inside = np.flatnonzero(store.returns // _BAND * _BAND == start)
        drawn += generator.choice(inside, count, replace=False).tolist()
    return sorted(drawn)


def _print_table(store: Store) -> None:
    medium = np.arange(store.episodes) < sum(_TAKEN["hopper_medium.hdf5"].values())
    band = (store.returns // _BAND).astype(int)
    lines = ["| return | medium | expert | steps |", "|---|---|---|---|"]
    for value in np.unique(band):
        here = band == value
        bounds = f"{value * _BAND:,} to {(value + 1) * _BAND:,}"
        counts = f"{(here & medium).sum()} | {(here & ~medium).sum()}"
        lines.append(f"| {bounds} | {counts} | {store.lengths[here].sum():,} |")
    counts = f"{medium.sum()} | {(~medium).sum()}"
    lines.append(f"| all | {counts} | {store.steps:,} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
