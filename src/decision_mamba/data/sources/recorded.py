"""Our own HDF5 files: the columns of a store, the task, and nothing that must be guessed."""

import dataclasses
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy import ndarray

from decision_mamba.data.sources.hdf5 import (
    Axes,
    blocks,
    check_columns,
    is_hdf5,
    reading,
    step_bytes,
)
from decision_mamba.data.sources.selection import Selection
from decision_mamba.data.sources.source import Source
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.files import replacing

_FORMAT = "decision-mamba episodes"
_VERSION = 1
# Actions of one axis are choices among several, observations of three are frames.
_STEPS: Axes = {"observations": (2, 3), "actions": (1, 2), "rewards": (1,)}
_EPISODES: Axes = {"terminated": (1,), "truncated": (1,), "last_observations": (2, 3)}


def record(
    path: str | Path,
    episodes: Iterable[Episode],
    *,
    task: str | None = None,
    made_by: dict[str, Any] | None = None,
) -> None:
    """Writes episodes into a file, whole or not at all.

    Args:
        path: where to; a file that is there is replaced.
        episodes: read once, in order, one at a time.
        task: id of the environment they come from, if it is known.
        made_by: how they were made, as plain values, for whoever looks into the file.

    Raises:
        BadInput: no episode, one that cannot be learned from, or a path that cannot be written.
        Failure: the disk does not take them.
    """
    record_store(Path(path), Store.of(episodes), task=task, made_by=made_by)


def record_store(
    path: Path, store: Store, *, task: str | None, made_by: dict[str, Any] | None = None
) -> None:
    """As `record`, for episodes that are in a store already."""
    attributes = {"format": _FORMAT, "version": _VERSION}
    attributes |= {} if task is None else {"task": task}
    attributes |= {} if made_by is None else {"made_by": json.dumps(made_by)}
    with replacing(path) as partial:
        _make_sure_of_room(partial, store)
        _write(partial, store, attributes)


@dataclasses.dataclass(frozen=True)
class Recorded(Source):
    """A file that `record` wrote."""

    path: Path
    name: str
    task: str | None
    steps: int
    taken: int
    left_out: int = 0

    @classmethod
    def recognises(cls, path: Path) -> bool:
        if not is_hdf5(path):
            return False
        with reading(path) as file:
            return bool(file.attrs.get("format") == _FORMAT)

    @classmethod
    def open(cls, path: Path, name: str) -> "Recorded":
        with reading(path) as file:
            version = int(file.attrs.get("version", 0))
            if version != _VERSION:
                raise BadInput(
                    f"{path} has version {version} of our format and this library reads "
                    f"{_VERSION}; install the version of decision-mamba that wrote it"
                )
            check_columns(file, path, _STEPS)
            check_columns(file, path, _EPISODES)
            check_columns(file, path, {"offsets": (1,)})
            _check_offsets(file, path)
            task = file.attrs.get("task")
            offsets = file["offsets"][:]
            taken = Selection.of(name).first(name, np.diff(offsets), path)
            return cls(path, name, None if task is None else str(task), int(offsets[taken]), taken)

    def episodes(self) -> Iterator[Episode]:
        with reading(self.path) as file:
            offsets = file["offsets"][: self.taken + 1]
            for first, after in blocks(offsets, step_bytes(file)):
                yield from _episodes(file, offsets, first, after)


def _episodes(file: h5py.File, offsets: ndarray, first: int, after: int) -> Iterator[Episode]:
    start = offsets[first]
    steps = {name: file[name][start : offsets[after]] for name in _STEPS}
    ends = {name: file[name][first:after] for name in _EPISODES}
    for index in range(after - first):
        rows = slice(offsets[first + index] - start, offsets[first + index + 1] - start)
        last = ends["last_observations"][index]
        seen = steps["observations"][rows]
        yield Episode(
            seen,
            steps["actions"][rows],
            steps["rewards"][rows],
            terminated=bool(ends["terminated"][index]),
            truncated=bool(ends["truncated"][index]),
            last_observation=None if np.isnan(last).any() else last.astype(seen.dtype),
        )


def _check_offsets(file: h5py.File, path: Path) -> None:
    offsets = file["offsets"][:]
    wanted = len(file["terminated"]) + 1
    covers = len(offsets) > 0 and offsets[0] == 0 and offsets[-1] == len(file["rewards"])
    if len(offsets) != wanted or not covers or (np.diff(offsets) < 0).any():
        raise BadInput(f"{path}: its offsets do not cut its steps into episodes; record it again")


def _make_sure_of_room(path: Path, store: Store) -> None:
    # HDF5 cannot close a file once the disk is full, and crashes later; so what the file needs at
    # most, uncompressed, is asked of the disk before HDF5 begins.
    columns = sum(getattr(store, field.name).nbytes for field in dataclasses.fields(store))
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, columns + columns // 100 + 2**16)


def _write(path: Path, store: Store, attributes: dict[str, Any]) -> None:
    with h5py.File(path, "w") as file:
        file.attrs.update(attributes)
        for field in dataclasses.fields(store):
            _write_column(file, field.name, getattr(store, field.name))


def _write_column(file: h5py.File, name: str, column: ndarray) -> None:
    row = column[:1].nbytes
    chunk = (min(len(column), 2**13, max(2**20 // row, 1)), *column.shape[1:])
    dataset = file.create_dataset(
        name, column.shape, column.dtype, chunks=chunk, compression="gzip", shuffle=True
    )
    for start in range(0, len(column), chunk[0]):
        dataset[start : start + chunk[0]] = column[start : start + chunk[0]]
