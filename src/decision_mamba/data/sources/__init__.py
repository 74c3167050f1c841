"""The sources of episodes. To add one, write its file and put it in this union."""

import re
import typing
from pathlib import Path

from decision_mamba.data.folder import locate
from decision_mamba.data.sources.d4rl import D4RL
from decision_mamba.data.sources.hdf5 import is_hdf5
from decision_mamba.data.sources.recorded import Recorded, record, record_store
from decision_mamba.data.sources.source import Source
from decision_mamba.errors import BadInput

__all__ = [
    "D4RL",
    "Recorded",
    "Source",
    "SourceKind",
    "open_source",
    "record",
    "record_store",
]

SourceKind = Recorded | D4RL

_DEMO = Path(__file__).parent.parent / "demo" / "hopper.hdf5"
_KNOWN = "a D4RL .hdf5 file, one that decision-mamba recorded, or 'demo'"


def open_source(name: str) -> Source:
    """Finds out by its content what a source is.

    Args:
        name: path of a file, "demo" for the bundled episodes, or a data set such as
            "hopper-medium" in the folder that DECISION_MAMBA_DATA names.

    Raises:
        BadInput: it is not there, or no kind of source that is known.
    """
    path = _path(name)
    if path.is_file():
        for kind in typing.get_args(SourceKind):
            if kind.recognises(path):
                source: Source = kind.open(path, name)
                return source
    raise BadInput(f"{name} {_lack(path)}; expected {_KNOWN}")


def _path(name: str) -> Path:
    if name == "demo":
        return _DEMO
    is_data_set = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name) and not Path(name).exists()
    return locate(name) if is_data_set else Path(name)


def _lack(path: Path) -> str:
    if path.is_dir():
        return "is a folder"
    if not path.exists():
        return "does not exist"
    if is_hdf5(path):
        return "is an HDF5 file without observations, actions, rewards and terminals"
    return "is no HDF5 file"
