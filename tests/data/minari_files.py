"""Small data sets in Minari's layout for tests, written without Minari."""

import json
from pathlib import Path

import h5py
import numpy as np
from numpy import ndarray

from decision_mamba.episode import Episode

HOPPER = {"id": "Hopper-v4", "max_episode_steps": 1000}


def write_minari(
    folder: Path, episodes: list[Episode], *, spec: dict[str, object] | None = None, start: int = 0
) -> Path:
    """Writes a folder as Minari 0.5.4 does; returns its HDF5 file.

    Args:
        folder: the data set's.
        episodes: those without a last observation get zeros.
        spec: of the environment; none is named if there is none.
        start: the number of the first action, where actions are choices.
    """
    (folder / "data").mkdir(parents=True)
    path = folder / "data" / "main_data.hdf5"
    with h5py.File(path, "w") as file:  # without the order of creation, which older ones lack
        for number, episode in enumerate(episodes):
            _write_episode(file.create_group(f"episode_{number}"), episode, number, start)
    metadata = {
        "total_episodes": len(episodes),
        "total_steps": sum(len(episode) for episode in episodes),
        "data_format": "hdf5",
        "observation_space": json.dumps(
            {"type": "Box", "shape": list(episodes[0].observations.shape[1:])}
        ),
        "action_space": json.dumps({"type": "Discrete", "start": start, "n": 4}),
    }
    metadata |= {} if spec is None else {"env_spec": json.dumps(spec)}
    path.with_name("metadata.json").write_text(json.dumps(metadata))
    return path


def _write_episode(group: h5py.Group, episode: Episode, number: int, start: int) -> None:
    last = episode.last_observation
    last = np.zeros_like(episode.observations[0]) if last is None else last
    group.attrs["id"] = number
    group.attrs["total_steps"] = len(episode)
    columns: dict[str, ndarray] = {
        "observations": np.concatenate([episode.observations, last[None]]),
        "actions": episode.actions + start,
        "rewards": episode.rewards.astype(np.float64),
        "terminations": _at_the_end(len(episode), episode.terminated),
        "truncations": _at_the_end(len(episode), episode.truncated),
    }
    for name, column in columns.items():
        group.create_dataset(name, data=column, chunks=True, maxshape=(None, *column.shape[1:]))
    group.create_group("infos")


def _at_the_end(steps: int, mark: bool) -> ndarray:
    marks = np.zeros(steps, bool)
    marks[-1] = mark
    return marks
