"""A source is found by its name and told by its content."""

from collections.abc import Callable
from pathlib import Path

import h5py
import pytest

from decision_mamba.data.sources import D4RL, Minari, Recorded, open_source
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from tests.data.minari_files import write_minari

MakeEpisode = Callable[..., Episode]
MakeFile = Callable[..., Path]
KNOWN = (
    r"; expected a D4RL \.hdf5 file, one that decision-mamba recorded, a Minari or DQN-replay "
    r"folder, minari:ID, or 'demo'$"
)


def test_the_demo_is_bundled() -> None:
    source = open_source("demo")

    assert isinstance(source, Recorded)
    assert (source.name, source.task) == ("demo", "Hopper-v4")


def test_a_data_set_is_found_in_the_folder(
    d4rl_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = d4rl_file("hopper_medium-v2.hdf5")
    monkeypatch.setenv("DECISION_MAMBA_DATA", str(path.parent))

    source = open_source("hopper-medium")

    assert isinstance(source, D4RL)
    assert source.path == path


def test_a_file_comes_before_a_data_set_of_its_name(
    d4rl_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = d4rl_file("hopper-medium")
    monkeypatch.chdir(path.parent)

    assert open_source("hopper-medium").name == "hopper-medium"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.hdf5 does not exist" + KNOWN):
        open_source(str(tmp_path / "nowhere.hdf5"))


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder" + KNOWN):
        open_source(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PAR1"])
def test_a_file_that_is_not_hdf5_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logs.csv").write_bytes(content)

    with pytest.raises(BadInput, match=r"logs\.csv is no HDF5 file" + KNOWN):
        open_source(str(tmp_path / "logs.csv"))


def test_an_hdf5_file_of_something_else_is_told(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.hdf5", "w") as file:
        file["weather"] = [1, 2, 3]

    with pytest.raises(BadInput, match="is an HDF5 file without observations, actions, rewards"):
        open_source(str(tmp_path / "x.hdf5"))


def test_a_kind_that_is_not_read_is_told() -> None:
    with pytest.raises(BadInput, match="names a kind of source that is not read" + KNOWN):
        open_source("d4rl:hopper-medium-v2")


def test_a_minari_data_set_is_found_in_its_folder(
    episode: MakeEpisode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    write_minari(tmp_path / "mujoco" / "hopper" / "medium-v0", [episode(2), episode(3)])

    source = open_source("minari:mujoco/hopper/medium-v0@episodes=1")

    assert isinstance(source, Minari)
    assert (source.name, source.steps) == ("minari:mujoco/hopper/medium-v0@episodes=1", 2)


@pytest.mark.parametrize("name", ["demo", "hopper-medium", "{folder}/hopper_medium-v2.hdf5"])
def test_a_part_of_every_kind_can_be_chosen(
    d4rl_file: MakeFile, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = d4rl_file("hopper_medium-v2.hdf5").parent
    monkeypatch.setenv("DECISION_MAMBA_DATA", str(folder))

    source = open_source(name.format(folder=folder) + "@episodes=1")
    episodes = list(source.episodes())

    assert len(episodes) == 1
    assert (source.steps, source.left_out) == (len(episodes[0]), 0)


def test_a_missing_file_of_which_a_part_is_wanted_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.hdf5 does not exist" + KNOWN):
        open_source(f"{tmp_path}/nowhere.hdf5@steps=5")
