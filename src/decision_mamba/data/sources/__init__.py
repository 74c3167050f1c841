"""The sources of episodes. To add one, write its file and put it in this union."""

import re
import typing
from pathlib import Path

from decision_mamba.data.folder import locate, locate_minari
from decision_mamba.data.sources.d4rl import D4RL
from decision_mamba.data.sources.dqn_replay import DQNReplay
from decision_mamba.data.sources.hdf5 import is_hdf5
from decision_mamba.data.sources.minari import Minari
from decision_mamba.data.sources.recorded import Recorded, record, record_store
from decision_mamba.data.sources.selection import split
from decision_mamba.data.sources.shard_writer import write_shards
from decision_mamba.data.sources.source import Source
from decision_mamba.errors import BadInput

__all__ = [
    "D4RL",
    "DQNReplay",
    "Minari",
    "Recorded",
    "Source",
    "SourceKind",
    "find",
    "open_source",
    "record",
    "record_store",
    "write_shards",
]

SourceKind = Recorded | D4RL | Minari | DQNReplay

_DEMO = Path(__file__).parent.parent / "demo" / "hopper.hdf5"
_KNOWN = (
    "a D4RL .hdf5 file, one that decision-mamba recorded, a Minari or DQN-replay folder, "
    "minari:ID, or 'demo'"
)
_FOLDERS = (Minari, DQNReplay)


def open_source(name: str) -> Source:
    """Finds out by its content what a source is.

    Args:
        name: as `find` takes it.

    Raises:
        BadInput: it is not there, or no kind of source that is known.
    """
    path = find(name)
    for kind in typing.get_args(SourceKind):
        if kind.recognises(path):
            source: Source = kind.open(path, name)
            return source
    raise BadInput(f"{name} {_lack(path)}; expected {_KNOWN}")


def find(name: str) -> Path:
    """The file or folder that holds a source.

    Args:
        name: path of a file or a folder; "demo" for the bundled episodes; a data set such as
            "hopper-medium" in the folder that DECISION_MAMBA_DATA names; or one that Minari
            downloaded, such as "minari:mujoco/hopper/medium-v0". Behind an @ a part of it can be
            chosen, such as "pong.hdf5@steps=2000".

    Raises:
        BadInput: there is no such file.
    """
    place, _ = split(name)
    if place == "demo":
        return _DEMO
    if not place:
        raise BadInput(f"a source of episodes has no name; expected {_KNOWN}")
    path = Path(place)
    if path.is_file() or (path.is_dir() and any(kind.recognises(path) for kind in _FOLDERS)):
        return path
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", place) and not path.exists():
        return locate(place)
    kind, colon, rest = place.partition(":")
    if kind == "minari" and colon:
        return locate_minari(rest)
    if re.match(r"[a-z0-9]+:", place):
        raise BadInput(f"{name} names a kind of source that is not read; expected {_KNOWN}")
    state = "is a folder" if path.is_dir() else "does not exist"
    raise BadInput(f"{place} {state}; expected {_KNOWN}")


def _lack(path: Path) -> str:
    if is_hdf5(path):
        return "is an HDF5 file without observations, actions, rewards and terminals"
    return "is no HDF5 file"
