"""D4RL's HDF5 files: columns of steps, and flags where an episode ends."""

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

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
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput

# Actions of one axis are choices among several, observations of three are frames.
_COLUMNS: Axes = {"observations": (2, 3), "actions": (1, 2), "rewards": (1,), "terminals": (1,)}
_STEP_LIMIT = 1000  # of the locomotion tasks, for files that do not say where the clock struck


@dataclasses.dataclass(frozen=True)
class D4RL(Source):
    """A file in D4RL's layout.

    An episode ends where `terminals` or `timeouts` says so; in a file without `timeouts` also
    after 1,000 steps. An episode that ends both ways counts as terminated. Steps
    after the last end belong to an unfinished episode and are left out.

    Source: Chen et al., arXiv:2106.01345, official download script. Without `timeouts` it counts
    one step too many from the second episode on and cuts after 999; this cuts after 1,000.
    """

    path: Path
    name: str
    task: str | None
    steps: int
    left_out: int
    taken: int

    @classmethod
    def recognises(cls, path: Path) -> bool:
        if not is_hdf5(path):
            return False
        with reading(path) as file:
            # Our own files have the same columns, and offsets instead of flags.
            return "offsets" not in file and any(name in file for name in _COLUMNS)

    @classmethod
    def open(cls, path: Path, name: str) -> "D4RL":
        with reading(path) as file:
            columns = dict(_COLUMNS)
            columns |= {"timeouts": (1,)} if "timeouts" in file else {}
            columns |= {"next_observations": (2, 3)} if "next_observations" in file else {}
            check_columns(file, path, columns)
            _refuse_fractions_of_choices(file, path)
            ends = _ends(*_flags(file))
            selection = Selection.of(name)
            taken = selection.first(name, np.diff(ends, prepend=0), path)
            steps = int(ends[:taken].max(initial=0))
            left_out = len(file["rewards"]) - steps if selection.is_all else 0
            return cls(path, name, _task(file), steps, left_out, taken)

    def episodes(self) -> Iterator[Episode]:
        with reading(self.path) as file:
            terminals, timeouts = _flags(file)
            ends = _ends(terminals, timeouts)[: self.taken]
            offsets = np.concatenate([[0], ends])
            for first, after in blocks(offsets, step_bytes(file)):
                yield from _episodes(file, offsets[first : after + 1], terminals)


def _refuse_fractions_of_choices(file: h5py.File, path: Path) -> None:
    actions = file["actions"]
    if actions.ndim == 1 and actions.dtype.kind not in "iu":
        raise BadInput(
            f"{path}: actions has shape {actions.shape} and type {actions.dtype}; expected whole "
            "numbers where an action is one of several, or 2 axes where it is of real numbers"
        )


def _task(file: h5py.File) -> str | None:
    if "env_id" in file.attrs:
        return str(file.attrs["env_id"])
    if "game" not in file.attrs:
        return None
    game, sticks = file.attrs["game"], float(file.attrs.get("sticky", 0.0)) > 0
    return f"ALE/{game}-v5" if sticks else f"{game}NoFrameskip-v4"


def _flags(file: h5py.File) -> tuple[ndarray, ndarray | None]:
    terminals = file["terminals"][:].astype(bool)
    return terminals, file["timeouts"][:].astype(bool) if "timeouts" in file else None


def _ends(terminals: ndarray, timeouts: ndarray | None) -> ndarray:
    """The step after each finished episode."""
    if timeouts is not None:
        return np.flatnonzero(terminals | timeouts) + 1
    marks = np.concatenate([[0], np.flatnonzero(terminals) + 1, [len(terminals)]])
    pairs = itertools.pairwise(marks)
    clock = [np.arange(start, end + 1, _STEP_LIMIT)[1:] for start, end in pairs]
    return np.unique(np.concatenate([marks[1:-1], *clock])).astype(np.int64)


def _episodes(file: h5py.File, offsets: ndarray, terminals: ndarray) -> Iterator[Episode]:
    names = ["observations", "actions", "rewards", "next_observations"]
    block = {name: file[name][offsets[0] : offsets[-1]] for name in names if name in file}
    following = block.get("next_observations")
    for start, end in itertools.pairwise(offsets):
        rows = slice(start - offsets[0], end - offsets[0])
        terminated = bool(terminals[end - 1])
        yield Episode(
            block["observations"][rows],
            block["actions"][rows],
            block["rewards"][rows],
            terminated=terminated,
            truncated=not terminated,
            last_observation=None if following is None else following[rows.stop - 1],
        )
