"""Sources become one store, in the order of their names."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from decision_mamba.data.read import read
from decision_mamba.data.sources import record
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from tests.data.shard_files import write_shard

MakeFile = Callable[..., Path]


def test_sources_follow_one_another(d4rl_file: MakeFile) -> None:
    first = d4rl_file("a.hdf5")
    second = d4rl_file("b.hdf5", rewards=np.full(6, 7.0))

    store = read([str(first), str(second)])

    assert store.lengths.tolist() == [3, 2, 3, 2]
    assert store.returns.tolist() == [3.0, 7.0, 21.0, 14.0]


def test_a_number_that_is_none_is_refused_with_its_place(d4rl_file: MakeFile) -> None:
    rewards = np.array([0, 0, 0, 0, np.nan, 0])
    bad = d4rl_file("b.hdf5", rewards=rewards)

    with pytest.raises(BadInput, match=r"b\.hdf5, episode 1, step 1: the reward is nan; expected"):
        read([str(d4rl_file("a.hdf5")), str(bad)])


def test_a_source_without_an_episode_is_refused(d4rl_file: MakeFile) -> None:
    never = np.zeros(6, bool)
    path = d4rl_file(terminals=never, timeouts=never)

    with pytest.raises(BadInput, match=r"logs\.hdf5 holds no finished episode; expected at least"):
        read([str(path)])


def test_no_name_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^no source of episodes was given; expected at least one$"):
        read(())


def test_sources_of_two_tasks_are_refused(d4rl_file: MakeFile) -> None:
    other = d4rl_file("b.hdf5", observations=np.zeros((6, 5)))

    with pytest.raises(BadInput, match=r"b\.hdf5, episode 0 has 5 observation and 1 action numbe"):
        read([str(d4rl_file("a.hdf5")), str(other)])


def _of_task(path: Path, task: str) -> str:
    with h5py.File(path, "r+") as file:
        file.attrs["env_id"] = task
    return str(path)


@pytest.mark.parametrize(
    ("one", "other"), [("HalfCheetah-v4", "Walker2d-v4"), ("ALE/Pong-v5", "BreakoutNoFrameskip-v4")]
)
def test_sources_of_two_tasks_of_one_size_are_refused(
    d4rl_file: MakeFile, one: str, other: str
) -> None:
    names = [_of_task(d4rl_file(f"{i}.hdf5"), task) for i, task in enumerate((one, other))]

    with pytest.raises(BadInput, match=f"comes from {other} but .* from {one}; learn from one"):
        read(names)


@pytest.mark.parametrize(
    ("one", "other"), [("Hopper-v2", "Hopper-v4"), ("ALE/Pong-v5", "PongNoFrameskip-v4")]
)
def test_versions_of_one_task_and_what_does_not_say_stand_together(
    d4rl_file: MakeFile, one: str, other: str
) -> None:
    first, second = (_of_task(d4rl_file(f"{i}.hdf5"), task) for i, task in enumerate((one, other)))

    store = read([first, str(d4rl_file("unsaid.hdf5")), second])

    assert store.episodes == 6


def test_data_of_another_game_than_is_played_are_refused(d4rl_file: MakeFile) -> None:
    name = _of_task(d4rl_file("a.hdf5"), "BreakoutNoFrameskip-v4")

    with pytest.raises(BadInput, match=r"a\.hdf5 comes from Br.*, but ALE/Pong-v5 shall be played"):
        read([name], played="ALE/Pong-v5")


@pytest.mark.parametrize("played", [None, "ALE/Breakout-v5", "Hopper-v4"])
def test_data_of_the_game_that_is_played_are_read(d4rl_file: MakeFile, played: str | None) -> None:
    name = _of_task(d4rl_file("a.hdf5"), "BreakoutNoFrameskip-v4")

    assert read([name], played=played).episodes == 2


def test_vectors_and_frames_together_are_refused(d4rl_file: MakeFile) -> None:
    seen = d4rl_file("seen.hdf5", observations=np.zeros((6, 4, 4), np.uint8))

    with pytest.raises(BadInput, match=r"seen\.hdf5, episode 0: .*expected frames of one size in "):
        read([str(d4rl_file("told.hdf5")), str(seen)])


def test_a_part_of_a_source_is_read(d4rl_file: MakeFile) -> None:
    store = read([f"{d4rl_file('a.hdf5')}@steps=1", str(d4rl_file("b.hdf5"))])

    assert store.lengths.tolist() == [3, 3, 2]


def test_sources_of_one_game_of_every_kind_are_read_together(tmp_path: Path) -> None:
    write_shard(tmp_path / "Pong" / "1" / "replay_logs", 0, ends=(2, 4), steps=5)
    frames = np.zeros((3, 84, 84), np.uint8)
    record(
        tmp_path / "mine.hdf5",
        [Episode(frames, np.array([0, 5, 1]), np.zeros(3), terminated=True)],
        task="PongNoFrameskip-v4",
    )

    store = read([str(tmp_path / "Pong"), f"{tmp_path}/mine.hdf5"])

    assert store.lengths.tolist() == [3, 2, 3]
    assert str(store.spaces) == "4 frames of 84 x 84 and a choice of 6 actions"
