"""A data set is found by its name."""

from pathlib import Path

import pytest

from decision_mamba.data.folder import locate, locate_minari
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


def test_a_game_is_a_folder_of_shards_or_a_recorded_file(folder: Path) -> None:
    (folder / "atari").mkdir()
    (folder / "atari" / "pong.hdf5").touch()

    recorded = locate("atari-pong")
    (folder / "Pong").mkdir()

    assert recorded == folder / "atari" / "pong.hdf5"
    assert locate("atari-pong") == folder / "Pong"


def test_a_game_of_two_words_is_found(folder: Path) -> None:
    (folder / "SpaceInvaders").mkdir()

    assert locate("atari-spaceinvaders") == folder / "SpaceInvaders"


def test_an_absent_data_set_is_told(folder: Path) -> None:
    with pytest.raises(BadInput) as caught:
        locate("hopper-medium")

    assert str(caught.value) == (
        f"no data for hopper-medium ({folder} holds neither hopper_medium-v2.hdf5 nor "
        "hopper_medium.hdf5): give --data FILE or set DECISION_MAMBA_DATA to the folder "
        "that holds hopper_medium-v2.hdf5"
    )


def test_absent_histories_are_told_with_the_command_that_plays_them(folder: Path) -> None:
    with pytest.raises(BadInput) as caught:
        locate("histories-darkroom-hard")

    assert str(caught.value) == (
        f"no learning histories of darkroom-hard ({folder} holds neither "
        "histories_darkroom_hard-v2.hdf5 nor histories_darkroom_hard.hdf5): play them with "
        "decision-mamba collect darkroom-hard --out histories_darkroom_hard.hdf5, and set "
        "DECISION_MAMBA_DATA to their folder"
    )


@pytest.mark.parametrize("empty", [True, False])
def test_an_absent_folder_is_told(monkeypatch: pytest.MonkeyPatch, empty: bool) -> None:
    monkeypatch.delenv("DECISION_MAMBA_DATA", raising=False)
    if empty:
        monkeypatch.setenv("DECISION_MAMBA_DATA", "")

    with pytest.raises(BadInput, match=r"no data for hopper-medium \(none is named\): give --data"):
        locate("hopper-medium")


def test_minaris_own_folder_is_below_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MINARI_DATASETS_PATH", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".minari" / "datasets" / "mujoco" / "hopper" / "medium-v0"
    folder.mkdir(parents=True)

    assert locate_minari("mujoco/hopper/medium-v0") == folder


def test_a_data_set_that_was_not_downloaded_is_told_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))

    with pytest.raises(BadInput) as caught:
        locate_minari("mujoco/hopper/medium-v0")

    assert str(caught.value) == (
        f"{tmp_path} holds no Minari data set 'mujoco/hopper/medium-v0': download it with pip "
        "install 'minari[hdf5,hf]' && minari download mujoco/hopper/medium-v0, or let "
        "MINARI_DATASETS_PATH name the folder that holds it"
    )
