"""A data set is found under either of its names."""

from pathlib import Path

import pytest

from decision_mamba.data.folder import locate
from decision_mamba.errors import BadInput


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DECISION_MAMBA_DATA", str(tmp_path))
    return tmp_path


def test_either_name_will_do(folder: Path) -> None:
    (folder / "hopper_medium_replay.hdf5").touch()

    assert locate("hopper-medium-replay") == folder / "hopper_medium_replay.hdf5"


def test_the_versioned_name_comes_first(folder: Path) -> None:
    (folder / "hopper_medium.hdf5").touch()
    (folder / "hopper_medium-v2.hdf5").touch()

    assert locate("hopper-medium") == folder / "hopper_medium-v2.hdf5"


def test_an_absent_data_set_is_told(folder: Path) -> None:
    with pytest.raises(BadInput) as caught:
        locate("hopper-medium")

    assert str(caught.value) == (
        f"no data for hopper-medium ({folder} holds neither hopper_medium-v2.hdf5 nor "
        "hopper_medium.hdf5): give --data FILE or set DECISION_MAMBA_DATA to the folder "
        "that holds hopper_medium-v2.hdf5"
    )


@pytest.mark.parametrize("empty", [True, False])
def test_an_absent_folder_is_told(monkeypatch: pytest.MonkeyPatch, empty: bool) -> None:
    monkeypatch.delenv("DECISION_MAMBA_DATA", raising=False)
    if empty:
        monkeypatch.setenv("DECISION_MAMBA_DATA", "")

    with pytest.raises(BadInput, match=r"no data for hopper-medium \(none is named\): give --data"):
        locate("hopper-medium")
