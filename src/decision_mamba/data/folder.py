"""The folders in which data sets are looked for by their names."""

import os
from pathlib import Path

from decision_mamba.errors import BadInput
from decision_mamba.games import ACTIONS

VARIABLE = "DECISION_MAMBA_DATA"
_MINARI = "MINARI_DATASETS_PATH"
_HISTORIES = "histories-"  # of a maze, named behind it


def locate(data_set: str) -> Path:
    """The place of a data set such as "hopper-medium-replay" or "atari-pong".

    The first is called hopper_medium_replay-v2.hdf5, as D4RL calls it, or
    hopper_medium_replay.hdf5. The second is the folder Pong, as the public DQN-replay data are
    laid out, or the file atari/pong.hdf5.

    Raises:
        BadInput: the variable is not set, or the folder holds neither.
    """
    names = _names(data_set)
    folder = os.environ.get(VARIABLE, "")
    for name in names:
        if folder and (Path(folder) / name).exists():
            return Path(folder) / name
    where = f"{folder} holds neither {names[0]} nor {names[1]}" if folder else "none is named"
    if data_set.startswith(_HISTORIES):
        task = data_set.removeprefix(_HISTORIES)
        raise BadInput(
            f"no learning histories of {task} ({where}): play them with decision-mamba collect "
            f"{task} --out {names[1]}, and set {VARIABLE} to their folder"
        )
    raise BadInput(
        f"no data for {data_set} ({where}): give --data FILE or set {VARIABLE} "
        f"to the folder that holds {names[0]}"
    )


def _names(data_set: str) -> tuple[str, str]:
    kind, _, game = data_set.partition("-")
    if kind == "atari":
        public = (name for name in ACTIONS if name.lower() == game)
        return next(public, game.title()), f"atari/{game}.hdf5"
    stem = data_set.replace("-", "_")
    return f"{stem}-v2.hdf5", f"{stem}.hdf5"


def locate_minari(identity: str) -> Path:
    """The folder of a data set that Minari downloaded, such as "mujoco/hopper/medium-v0".

    It lies where Minari puts it: below the folder that MINARI_DATASETS_PATH names, or else below
    .minari/datasets in the user's own.

    Raises:
        BadInput: it is not there.
    """
    given = os.environ.get(_MINARI, "")
    root = Path(given) if given else Path.home() / ".minari" / "datasets"
    if identity and (root / identity).is_dir():
        return root / identity
    raise BadInput(
        f"{root} holds no Minari data set {identity!r}: download it with pip install "
        f"'minari[hdf5,hf]' && minari download {identity or 'ID'}, or let {_MINARI} name the "
        "folder that holds it"
    )
