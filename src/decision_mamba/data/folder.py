"""The folder of data sets that DECISION_MAMBA_DATA names."""

import os
from pathlib import Path

from decision_mamba.errors import BadInput

VARIABLE = "DECISION_MAMBA_DATA"


def locate(data_set: str) -> Path:
    """The file of a data set such as "hopper-medium-replay".

    It is called hopper_medium_replay-v2.hdf5, as D4RL calls it, or hopper_medium_replay.hdf5.

    Raises:
        BadInput: the variable is not set, or the folder holds neither.
    """
    stem = data_set.replace("-", "_")
    names = [f"{stem}-v2.hdf5", f"{stem}.hdf5"]
    folder = os.environ.get(VARIABLE, "")
    for name in names:
        if folder and (Path(folder) / name).is_file():
            return Path(folder) / name
    where = f"{folder} holds neither {names[0]} nor {names[1]}" if folder else "none is named"
    raise BadInput(
        f"no data for {data_set} ({where}): give --data FILE or set {VARIABLE} "
        f"to the folder that holds {names[0]}"
    )
