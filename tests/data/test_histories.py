"""Histories lie beside the episodes, and what does not fit them is refused."""

import dataclasses
from pathlib import Path

import h5py
import numpy as np
import pytest

from decision_mamba.data.histories import Histories, record_histories
from decision_mamba.data.sources import open_source, record
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput


def episode(length: int) -> Episode:
    return Episode(np.zeros((length, 2), np.float32), np.zeros((length, 1)), np.ones(length))


@pytest.fixture
def histories() -> Histories:
    """Two histories of two episodes and of one."""
    return Histories(
        offsets=np.array([0, 2, 3]),
        instances=np.array([7, 5]),
        unseen=np.array([1]),
        optimal_actions=np.arange(6),
        queries=np.ones((2, 2), np.float32),
        query_actions=np.array([0, 4]),
        collection={"task": "darkroom"},
    )


@pytest.fixture
def path(histories: Histories, tmp_path: Path) -> Path:
    store = Store.of([episode(1), episode(2), episode(3)])
    record_histories(tmp_path / "h.hdf5", store, histories, task="darkroom")
    return tmp_path / "h.hdf5"


def test_what_was_written_is_read(path: Path, histories: Histories) -> None:
    read = Histories.open(path)

    for field in dataclasses.fields(Histories):
        written, found = getattr(histories, field.name), getattr(read, field.name)
        assert np.array_equal(written, found) if field.name != "collection" else written == found
    assert len(read) == 2


def test_the_file_is_recorded_episodes_to_everyone_else(path: Path) -> None:
    source = open_source(str(path))

    assert source.task == "darkroom"
    assert [len(one) for one in source.episodes()] == [1, 2, 3]


def test_nothing_else_is_left_in_the_folder(path: Path) -> None:
    assert [found.name for found in path.parent.iterdir()] == ["h.hdf5"]


def test_episodes_without_histories_are_refused(tmp_path: Path) -> None:
    record(tmp_path / "plain.hdf5", [episode(2)])

    with pytest.raises(BadInput, match="holds episodes but no histories"):
        Histories.open(tmp_path / "plain.hdf5")


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("histories")

    for name in ("text", "missing"):
        with pytest.raises(BadInput, match="is no file of histories"):
            Histories.open(tmp_path / name)


def test_histories_that_do_not_fit_the_episodes_are_refused(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["histories/offsets"][2] = 4

    with pytest.raises(BadInput, match="do not fit its episodes"):
        Histories.open(path)


def test_histories_name_their_task(path: Path) -> None:
    assert Histories.open(path).task == "darkroom"
