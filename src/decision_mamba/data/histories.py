"""Which episodes of a recorded file belong together, and to which hidden task.

A file of histories is a recorded file like any other, which every reader of episodes can open,
with a group "histories" beside its columns. A history is a run of consecutive episodes of one
task in the order in which they were played; one history ends where the next begins.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from decision_mamba.data.sources import record_store
from decision_mamba.data.sources.hdf5 import is_hdf5, reading
from decision_mamba.data.store import Store
from decision_mamba.errors import BadInput
from decision_mamba.files import replacing

_GROUP = "histories"
_AXES = {
    "offsets": 1,
    "instances": 1,
    "unseen": 1,
    "optimal_actions": 1,
    "queries": 2,
    "query_actions": 1,
}


@dataclasses.dataclass(frozen=True, eq=False)
class Histories:
    """How the episodes of a file were come by.

    Attributes:
        offsets: the first episode of each history, and as the last number how many episodes
            there are.
        instances: number of the task of each history within its family, for the environment that
            shall play it again.
        unseen: numbers of tasks of which the file has no episode, kept for evaluation.
        optimal_actions: at every step of the file, what a policy that knows the task would do.
        queries: an observation from somewhere in each history's task.
        query_actions: what a policy that knows the task would do there.
        collection: the settings that made the file, as plain values.
    """

    offsets: Int[ndarray, " boundaries"]
    instances: Int[ndarray, " histories"]
    unseen: Int[ndarray, " unseen"]
    optimal_actions: Int[ndarray, " steps"]
    queries: Float[ndarray, "histories o"]
    query_actions: Int[ndarray, " histories"]
    collection: dict[str, Any]

    @staticmethod
    def open(path: Path) -> "Histories":
        """Reads what `record_histories` wrote beside the episodes.

        Raises:
            BadInput: the file has no histories, or damaged ones.
        """
        if not path.is_file() or not is_hdf5(path):
            raise BadInput(f"{path} is no file of histories; decision-mamba collect writes one")
        with reading(path) as file:
            if _GROUP not in file:
                raise BadInput(
                    f"{path} holds episodes but no histories; decision-mamba collect writes such"
                )
            group = file[_GROUP]
            columns = {name: group[name][:] for name in _AXES}
            found = Histories(**columns, collection=json.loads(group.attrs["collection"]))
            _require_whole(found, path, file)
        return found

    def __len__(self) -> int:
        return len(self.instances)

    @property
    def task(self) -> str:
        """Name of the family of tasks that was played."""
        return str(self.collection["task"])


def holds_histories(path: Path) -> bool:
    """Whether a file says which of its episodes belong together."""
    if not path.is_file() or not is_hdf5(path):
        return False
    with reading(path) as file:
        return _GROUP in file


def record_histories(path: Path, store: Store, histories: Histories, *, task: str) -> None:
    """Writes episodes and how they belong together into a file, whole or not at all.

    Raises:
        BadInput: a path that cannot be written.
        Failure: the disk does not take them.
    """
    with replacing(path) as partial:
        record_store(partial, store, task=task)
        with h5py.File(partial, "r+") as file:
            group = file.create_group(_GROUP)
            group.attrs["collection"] = json.dumps(histories.collection)
            for name in _AXES:
                column = getattr(histories, name)
                group.create_dataset(name, data=column, compression="gzip", shuffle=True)


def _require_whole(found: Histories, path: Path, file: h5py.File) -> None:
    episodes, steps = len(file["terminated"]), len(file["rewards"])
    offsets = found.offsets
    covers = len(offsets) == len(found) + 1 and offsets[0] == 0 and offsets[-1] == episodes
    if not covers or (np.diff(offsets) <= 0).any() or len(found.optimal_actions) != steps:
        raise BadInput(f"{path}: its histories do not fit its episodes; collect it again")
