"""Minari's folders give episodes whose last observation came after their last action."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import h5py
import numpy as np
import pytest

from decision_mamba.data.sources.minari import Minari
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from tests.data.minari_files import HOPPER, write_minari

MakeEpisode = Callable[..., Episode]


def _ended(episode: Episode, last: float) -> Episode:
    return dataclasses.replace(episode, last_observation=np.full(3, last, np.float32))


def test_an_episode_has_as_many_observations_as_actions_and_a_last_one(
    episode: MakeEpisode, tmp_path: Path
) -> None:
    write_minari(tmp_path, [_ended(episode(2), 7.0), _ended(episode(3), 8.0)], spec=HOPPER)

    source = Minari.open(tmp_path, "x")
    first, second = source.episodes()

    assert (source.task, source.steps, source.left_out) == ("Hopper-v4", 5, 0)
    assert first.observations[:, 0].tolist() == [0.0, 1.0]
    assert second.actions.shape == (3, 2)
    assert second.last_observation is not None
    assert second.last_observation.tolist() == [8.0, 8.0, 8.0]


@pytest.mark.parametrize("below", ["", "data", "data/main_data.hdf5"])
def test_it_is_known_by_folder_and_by_file(
    episode: MakeEpisode, tmp_path: Path, below: str
) -> None:
    write_minari(tmp_path, [episode(2)])

    assert Minari.recognises(tmp_path / below)
    assert Minari.open(tmp_path / below, "x").steps == 2


def test_a_file_of_another_name_is_read_and_not_the_one_beside_it(
    episode: MakeEpisode, tmp_path: Path
) -> None:
    beside = write_minari(tmp_path / "one", [episode(2)])
    other = write_minari(tmp_path / "two", [episode(3)]).rename(beside.with_name("mine.hdf5"))

    source = Minari.open(other, "x")

    assert (source.steps, [len(one) for one in source.episodes()]) == (3, [3])


def test_other_folders_are_not_recognised(tmp_path: Path) -> None:
    assert not Minari.recognises(tmp_path)


def test_episodes_come_in_the_order_of_their_numbers(episode: MakeEpisode, tmp_path: Path) -> None:
    write_minari(tmp_path, [episode(1 + number) for number in range(12)])

    assert [len(one) for one in Minari.open(tmp_path, "x").episodes()] == list(range(1, 13))


def test_choices_are_counted_from_zero(choosing: MakeEpisode, tmp_path: Path) -> None:
    path = write_minari(tmp_path, [choosing(0, 2, 1)], start=5)

    (one,) = Minari.open(tmp_path, "x").episodes()

    with h5py.File(path) as file:
        assert file["episode_0/actions"][:].tolist() == [5, 7, 6]
    assert one.actions.tolist() == [0, 2, 1]


def test_the_clock_and_the_task_are_told_apart(episode: MakeEpisode, tmp_path: Path) -> None:
    late = dataclasses.replace(episode(2), terminated=False, truncated=True)
    both = dataclasses.replace(episode(2), truncated=True)
    write_minari(tmp_path, [late, both])

    ends = [(one.terminated, one.truncated) for one in Minari.open(tmp_path, "x").episodes()]

    assert ends == [(False, True), (True, False)]


def test_a_part_of_it_can_be_chosen(episode: MakeEpisode, tmp_path: Path) -> None:
    write_minari(tmp_path, [episode(2), episode(3), episode(4)])

    source = Minari.open(tmp_path, "x@steps=4")

    assert source.steps == 5
    assert [len(one) for one in source.episodes()] == [2, 3]


def test_metadata_of_before_metadata_had_a_file_are_read(
    episode: MakeEpisode, tmp_path: Path
) -> None:
    path = write_minari(tmp_path, [episode(2)])
    path.with_name("metadata.json").unlink()
    with h5py.File(path, "r+") as file:
        file.attrs["env_spec"] = json.dumps(HOPPER)
        file.attrs["total_episodes"] = 1

    source = Minari.open(tmp_path, "x")

    assert (source.task, [len(one) for one in source.episodes()]) == ("Hopper-v4", [2])


def test_episodes_in_files_beside_it_are_read(episode: MakeEpisode, tmp_path: Path) -> None:
    path = write_minari(tmp_path, [episode(2), episode(3)])
    with h5py.File(path, "r+") as file, h5py.File(path.with_name("additional.hdf5"), "w") as beside:
        file.copy("episode_1", beside, "episode_1")
        del file["episode_1"]
        file["episode_1"] = h5py.ExternalLink("additional.hdf5", "/episode_1")

    assert [len(one) for one in Minari.open(tmp_path, "x").episodes()] == [2, 3]


@pytest.fixture
def screens(tmp_path: Path) -> Path:
    """Where a data set of two steps lies, for a test to put its frames in."""
    steps = np.zeros((2, 3)), np.array([0, 1]), np.zeros(2)
    return write_minari(tmp_path, [Episode(*steps, terminated=True)])


def _show(path: Path, frames: Any) -> None:
    with h5py.File(path, "r+") as file:
        del file["episode_0/observations"]
        file["episode_0/observations"] = frames


def _show_files(path: Path, files: list[np.ndarray]) -> None:
    with h5py.File(path, "r+") as file:
        group = file["episode_0"]
        del group["observations"]
        group.create_dataset("observations", len(files), h5py.vlen_dtype(np.uint8))
        for step, content in enumerate(files):
            group["observations"][step] = content


@pytest.mark.parametrize("shape", [(3, 40, 36), (3, 40, 36, 1)])
def test_grey_frames_are_read(tmp_path: Path, screens: Path, shape: tuple[int, ...]) -> None:
    wanted = np.random.default_rng(0).integers(256, size=(3, 40, 36), dtype=np.uint8)
    _show(screens, wanted.reshape(shape))

    (one,) = Minari.open(tmp_path, "x").episodes()

    assert one.observations.dtype == np.uint8
    np.testing.assert_array_equal(one.observations, wanted[:2])
    assert one.last_observation is not None
    np.testing.assert_array_equal(one.last_observation, wanted[2])


@pytest.mark.parametrize("as_rows", [True, False])
def test_frames_packed_as_jpeg_are_unpacked(tmp_path: Path, screens: Path, as_rows: bool) -> None:
    shades = [np.full((40, 36), shade, np.uint8) for shade in (10, 20, 30)]
    packed = [cv2.imencode(".jpg", shade)[1].ravel() for shade in shades]
    if as_rows:
        longest = max(map(len, packed))
        _show(screens, [np.pad(file, (0, longest - len(file))) for file in packed])
    else:
        _show_files(screens, packed)

    (one,) = Minari.open(tmp_path, "x").episodes()

    np.testing.assert_array_equal(one.observations, shades[:2])


@pytest.mark.parametrize("packed", [False, True])
def test_screens_in_colour_are_refused(tmp_path: Path, screens: Path, packed: bool) -> None:
    colour = np.zeros((3, 210, 160, 3), np.uint8)
    files = [cv2.imencode(".jpg", screen)[1].ravel() for screen in colour]
    _show(screens, files if packed else colour)
    space = {"observation_space": '{"type": "Box", "shape": [210, 160, 3]}'}
    screens.with_name("metadata.json").write_text(json.dumps(space))

    with pytest.raises(
        BadInput, match=r"^x.* holds screens of 210 x 160 x 3, .*expected grey fram"
    ):
        Minari.open(tmp_path, "x")


def test_observations_of_several_parts_are_refused(episode: MakeEpisode, tmp_path: Path) -> None:
    path = write_minari(tmp_path, [episode(2)])
    with h5py.File(path, "r+") as file:
        del file["episode_0/observations"]
        file["episode_0/observations/goal"] = np.zeros((3, 2))
        file["episode_0/observations/place"] = np.zeros((3, 2))

    with pytest.raises(
        BadInput, match=r"x, episode_0: its observations have parts \(goal, place\)"
    ):
        Minari.open(tmp_path, "x")


@pytest.mark.parametrize(
    ("column", "content", "said"),
    [
        ("observations", np.zeros((2, 3)), "holds 2 observations, 2 actions, .*expected one obse"),
        ("rewards", np.zeros(3), "holds 3 observations, 2 actions, 3 rewards"),
        ("observations", np.zeros(3, int), r"observations have shape \(3,\) and type int64; expec"),
        ("observations", np.zeros((3, 4, 4)), r"have shape \(3, 4, 4\) and type float64"),
        ("actions", np.zeros((2, 2), int), r"actions have shape \(2, 2\) and type int64; expected"),
        ("actions", np.zeros(2), r"actions have shape \(2,\) and type float64; expected"),
        ("rewards", None, "lacks rewards; expected observations, actions, rewards, terminations"),
    ],
)
def test_columns_of_other_kinds_are_told(
    episode: MakeEpisode, tmp_path: Path, column: str, content: np.ndarray | None, said: str
) -> None:
    path = write_minari(tmp_path, [episode(2)])
    with h5py.File(path, "r+") as file:
        del file[f"episode_0/{column}"]
        if content is not None:
            file[f"episode_0/{column}"] = content

    with pytest.raises(BadInput, match=f"x, episode_0.*{said}"):
        Minari.open(tmp_path, "x")


def test_an_empty_episode_is_told(episode: MakeEpisode, tmp_path: Path) -> None:
    path = write_minari(tmp_path, [episode(2)])
    with h5py.File(path, "r+") as file:
        for name in ("actions", "rewards", "terminations", "truncations"):
            file[f"episode_0/{name}"].resize(0, axis=0)
        file["episode_0/observations"].resize(1, axis=0)

    with pytest.raises(BadInput, match="x, episode_0 has no step"):
        Minari.open(tmp_path, "x")


def test_the_format_arrow_is_told(episode: MakeEpisode, tmp_path: Path) -> None:
    path = write_minari(tmp_path, [episode(2)])
    path.unlink()
    path.with_name("metadata.json").write_text('{"data_format": "arrow"}')

    assert Minari.recognises(tmp_path)
    with pytest.raises(BadInput, match="in the format arrow; expected hdf5: write it anew"):
        Minari.open(tmp_path, "x")


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "metadata.json is no JSON object"), ('{"env_spec": "["}', "its env_spec is no JSON")],
)
def test_damaged_metadata_are_told(
    episode: MakeEpisode, tmp_path: Path, content: str, said: str
) -> None:
    path = write_minari(tmp_path, [episode(2)])
    path.with_name("metadata.json").write_text(content)

    with pytest.raises(BadInput, match=said):
        Minari.open(tmp_path, "x")
