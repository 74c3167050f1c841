"""Minari's folders: an HDF5 file with a group for each episode."""

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy import ndarray

from decision_mamba.data.sources.hdf5 import is_hdf5, reading
from decision_mamba.data.sources.selection import Selection
from decision_mamba.data.sources.source import Source
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput

_FILE, _METADATA = "main_data.hdf5", "metadata.json"
_BELOW = ("data", "")  # a data set's folder, or the one inside that holds its files
_GROUP = re.compile(r"episode_(\d+)")
_TOLD = ("observation_space", "action_space", "env_spec")
_ROWS = ("actions", "rewards", "terminations", "truncations")


@dataclasses.dataclass(frozen=True)
class Minari(Source):
    """A data set in Minari's HDF5 layout, read without Minari.

    Observations are vectors or grey frames, of which an episode has one more than it has actions;
    actions are vectors or choices, which are counted from 0 here whatever they are counted from
    there. Data sets of before version 0.5, whose metadata are attributes of the file and whose
    episodes may lie in files beside it, are read as well.

    Frames that Minari packed as JPEG, which it does unless told otherwise, have lost a little. The
    published Atari data sets hold full screens in colour, of single frames: not what any agent
    here is shown, so they are refused.

    Source: Farama-Foundation/Minari, "Dataset Standards" and `hdf5_storage.py` of 0.5.4,
    `minari_storage.py` of 0.3.1 and 0.4.3.
    """

    path: Path
    name: str
    task: str | None
    steps: int
    taken: int
    first_action: int
    left_out: int = 0

    @classmethod
    def recognises(cls, path: Path) -> bool:
        if path.is_dir():
            return any((path / below / _FILE).is_file() for below in _BELOW) or _is_arrow(path)
        if not is_hdf5(path):
            return False
        with reading(path) as file:
            return "episode_0" in file

    @classmethod
    def open(cls, path: Path, name: str) -> "Minari":
        if _is_arrow(path):
            raise BadInput(
                f"{name} is a Minari data set in the format arrow; expected hdf5: write it anew "
                "with data_format='hdf5'"
            )
        places = [path / below / _FILE for below in _BELOW] if path.is_dir() else [path]
        main = next(place for place in places if place.is_file())
        with reading(main) as file:
            lengths = np.array([_check(group, name) for group in _groups(file)], np.int64)
            metadata = _metadata(main, file)
        seen, action, spec = (_told(metadata, name, key) for key in _TOLD)
        if len(shape := seen.get("shape", ())) == 3 and shape[2] > 1:
            raise BadInput(_no_frames(name, shape))
        taken = Selection.of(name).first(name, lengths, main)
        steps = int(lengths[:taken].sum())
        return cls(main, name, spec.get("id"), steps, taken, int(action.get("start", 0)))

    def episodes(self) -> Iterator[Episode]:
        with reading(self.path) as file:
            for group in _groups(file)[: self.taken]:
                yield self._episode(group)

    def _episode(self, group: h5py.Group) -> Episode:
        seen, actions = _seen(group["observations"]), group["actions"][:]
        terminated = bool(group["terminations"][-1])
        return Episode(
            seen[:-1],
            actions - self.first_action if actions.ndim == 1 else actions,
            group["rewards"][:].astype(np.float32),
            terminated=terminated,
            truncated=bool(group["truncations"][-1]) and not terminated,
            last_observation=seen[-1],
        )


def _is_arrow(path: Path) -> bool:
    if not path.is_dir():
        return False
    found = (path / below / _METADATA for below in _BELOW)
    return any(file.is_file() and _loaded(file).get("data_format") == "arrow" for file in found)


def _groups(file: h5py.File) -> list[h5py.Group]:
    """The episodes in the order of their numbers."""
    numbers = sorted(int(named[1]) for key in file if (named := _GROUP.fullmatch(key)))
    return [file[f"episode_{number}"] for number in numbers]


def _check(group: h5py.Group, name: str) -> int:
    """Makes sure that an episode is of the kinds that are read; returns its steps."""
    place = f"{name}, {group.name.lstrip('/')}"
    for key in ("observations", *_ROWS):
        if key not in group:
            raise BadInput(f"{place} lacks {key}; expected observations, {', '.join(_ROWS)}")
        if isinstance(group[key], h5py.Group):
            raise BadInput(
                f"{place}: its {key} have parts ({', '.join(group[key])}); expected one vector, "
                "frame or number for each step: flatten them before recording"
            )
    lengths = {key: len(group[key]) for key in _ROWS}
    if len(group["observations"]) != lengths["rewards"] + 1 or len(set(lengths.values())) > 1:
        listed = ", ".join(f"{length} {key}" for key, length in lengths.items())
        raise BadInput(
            f"{place} holds {len(group['observations'])} observations, {listed}; expected one "
            "observation more than there are of each of the others"
        )
    if lengths["rewards"] == 0:
        raise BadInput(f"{place} has no step; expected at least one")
    _check_kinds(group, place)
    return lengths["rewards"]


def _check_kinds(group: h5py.Group, place: str) -> None:
    seen, actions = group["observations"], group["actions"]
    if seen.ndim == 4 and seen.shape[3] > 1:
        raise BadInput(_no_frames(place, seen.shape[1:]))
    if seen.ndim > 4 or (seen.ndim > 2 and seen.dtype != np.uint8) or not _are_numbers(seen):
        raise BadInput(
            f"{place}: its observations have shape {seen.shape} and type {seen.dtype}; expected a "
            "vector of numbers or a grey frame of uint8 for each step"
        )
    if (actions.ndim, actions.dtype.kind) not in ((1, "i"), (1, "u"), (2, "f")):
        raise BadInput(
            f"{place}: its actions have shape {actions.shape} and type {actions.dtype}; expected a "
            "vector of real numbers or one whole number, which of several, for each step"
        )


def _no_frames(place: str, shape: Sequence[int]) -> str:
    return (
        f"{place} holds screens of {' x '.join(map(str, shape))}, which no policy here is shown; "
        "expected grey frames, such as decision-mamba collect records of the same game"
    )


def _are_numbers(seen: h5py.Dataset) -> bool:
    return (seen.ndim > 1 and seen.dtype.kind in "fiub") or _is_packed(seen)


def _is_packed(seen: h5py.Dataset) -> bool:
    """Whether each row is a JPEG file, filled up with zeros where not all are equally long."""
    if h5py.check_vlen_dtype(seen.dtype) == np.uint8:
        return True
    starts_so = seen.ndim == 2 and seen.dtype == np.uint8 and seen.shape[1] > 3
    return starts_so and bytes(seen[0, :3]) == b"\xff\xd8\xff"


def _seen(column: h5py.Dataset) -> ndarray:
    if _is_packed(column):
        # Needs an extra that data of numbers do not.
        from decision_mamba.data.sources.jpeg import unpacked

        frames = unpacked(column[:])
        if frames.ndim != 3:
            raise BadInput(_no_frames(f"{column.file.filename}, {column.name}", frames.shape[1:]))
        return frames
    rows: ndarray = column[:]
    if rows.ndim == 4:
        return rows[..., 0]
    return rows if rows.ndim == 3 or rows.dtype.kind == "f" else rows.astype(np.float32)


def _metadata(main: Path, file: h5py.File) -> dict[str, Any]:
    beside = main.with_name(_METADATA)
    return _loaded(beside) if beside.is_file() else dict(file.attrs)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise BadInput(f"{path} is no JSON object ({error}); fetch that file again") from error


def _told(metadata: dict[str, Any], name: str, key: str) -> dict[str, Any]:
    """One of the JSON objects among the metadata; empty where they lack it."""
    try:
        return dict(json.loads(metadata.get(key, "{}")))
    except (ValueError, TypeError) as error:
        raise BadInput(f"{name}: its {key} is no JSON object ({error}); fetch it again") from error
