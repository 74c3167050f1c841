"""DQN-replay folders give whole episodes of single frames."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from decision_mamba.data.sources.dqn_replay import DQNReplay
from decision_mamba.data.sources.shards import TASK
from decision_mamba.errors import BadInput
from tests.data.shard_files import write_column, write_shard


@pytest.fixture
def game(tmp_path: Path) -> Path:
    """Two shards of Breakout: episodes of 3, 2 and 4 steps, then of 4 and 4; three are left."""
    game = tmp_path / "Breakout"
    write_shard(game / "1" / "replay_logs", 48, ends=(2, 4, 8), steps=10)
    write_shard(game / "1" / "replay_logs", 49, ends=(3, 7), steps=9)
    return game


@pytest.mark.parametrize("below", ["", "1", "1/replay_logs"])
def test_a_folder_is_known_by_its_shards(game: Path, below: str) -> None:
    assert DQNReplay.recognises(game / below)


def test_other_folders_are_not_recognised(tmp_path: Path) -> None:
    assert not DQNReplay.recognises(tmp_path)


def test_episodes_are_whole_and_in_order(game: Path) -> None:
    source = DQNReplay.open(game, "logs")

    episodes = list(source.episodes())

    assert (source.steps, source.left_out, source.task) == (17, 2, "ALE/Breakout-v5")
    first_frames = [episode.observations[0, 0, :2].tolist() for episode in episodes]
    assert first_frames == [[48, 0], [48, 3], [48, 5], [49, 0], [49, 4]]
    assert [len(episode) for episode in episodes] == [3, 2, 4, 4, 4]
    assert episodes[1].rewards.tolist() == [3.0, 4.0]
    assert episodes[2].actions.tolist() == [1, 2, 3, 0]
    assert all(episode.terminated and not episode.truncated for episode in episodes)


@pytest.mark.parametrize(
    ("chosen", "lengths"),
    [
        ("shards=1", [4, 4]),
        ("steps=6", [3, 4]),
        ("capacity=5", [3, 2, 4]),
        ("steps=5,shards=1", [4, 4]),
        ("steps=4,seed=0,per_visit=1", [3, 2]),
        ("episodes=3", [3, 2, 4, 4]),
        ("steps=6,episodes=3", [3, 2, 4, 4]),
    ],
)
def test_a_part_is_chosen_behind_an_at_sign(game: Path, chosen: str, lengths: list[int]) -> None:
    source = DQNReplay.open(game, f"logs@{chosen}")

    assert [len(episode) for episode in source.episodes()] == lengths
    assert source.steps == sum(lengths)


def test_visits_in_turn_read_every_frame_they_ask_for(tmp_path: Path) -> None:
    for number in (0, 1):
        write_shard(tmp_path, number, ends=(1, 3, 5, 7, 9, 11), steps=13)

    source = DQNReplay.open(tmp_path, "logs@steps=16,seed=3,per_visit=1")
    shown = np.concatenate([episode.observations[:, 0, :2] for episode in source.episodes()])

    assert len({shard for shard, _ in shown.tolist()}) == 2
    for number in (0, 1):
        steps = shown[shown[:, 0] == number, 1]
        assert steps.tolist() == list(range(len(steps)))


def test_a_choice_that_is_none_is_told(game: Path) -> None:
    with pytest.raises(BadInput, match="'frames=5' chooses no part of logs@frames=5; expected NAM"):
        DQNReplay.open(game, "logs@frames=5")


@pytest.mark.parametrize("text", ["steps=18", "steps=12,shards=1", "episodes=6"])
def test_more_than_there_is_is_told(game: Path, text: str) -> None:
    with pytest.raises(
        BadInput, match=rf"asks for \d+ (steps|episodes), but the whole episodes of {game}.* have"
    ):
        DQNReplay.open(game, f"logs@{text}")


def test_more_shards_than_there_are_is_told(game: Path) -> None:
    with pytest.raises(BadInput, match="has 2 shards; expected at least 3"):
        DQNReplay.open(game, "logs@shards=3")


def test_another_games_actions_are_told(game: Path) -> None:
    folder = game / "1" / "replay_logs"
    write_column(folder, "action", 49, np.full(9, 5, np.int32))

    with pytest.raises(BadInput, match=r"holds action 5, but Breakout has 4 actions.*another game"):
        list(DQNReplay.open(game, "logs").episodes())


def _cut(folder: Path) -> None:
    path = folder / "$store$_observation_ckpt.48.gz"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _claim_more_than_any_memory(folder: Path) -> None:
    for name, row in (("observation", (84, 84)), ("action", ()), ("reward", ()), ("terminal", ())):
        header = {"descr": "|u1", "fortran_order": False, "shape": (10**13, *row)}
        with gzip.open(folder / f"$store$_{name}_ckpt.48.gz", "wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            file.write(bytes(100))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "$store$_reward_ckpt.48.gz").unlink(), "fetch that file as well"),
        (_cut, "it may be cut short: fetch or copy it again"),
        (lambda folder: write_column(folder, "action", 48, np.zeros(9, int)), "expected as many"),
        (_claim_more_than_any_memory, "of memory; leave out this shard or read it on a larger"),
    ],
)
def test_what_is_wrong_with_a_shard_is_one_sentence(
    game: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(game / "1" / "replay_logs")

    with pytest.raises(BadInput, match=said) as caught:
        list(DQNReplay.open(game, "logs").episodes())
    assert len(str(caught.value).splitlines()) == 1


def test_one_frame_after_another_is_unpacked(game: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sysconf", lambda _: 300)  # 90,000 bytes of memory in all

    lengths = [len(episode) for episode in DQNReplay.open(game, "logs").episodes()]

    assert sum(lengths) * 84 * 84 > 90_000
    assert lengths == [3, 2, 4, 4, 4]


@pytest.fixture
def padded(tmp_path: Path) -> Path:
    """Episodes of 4, 3 and 1 played steps, each behind three that nobody played; one step more."""
    game = tmp_path / "Pong"
    shown = np.zeros((18, 84, 84), np.uint8)
    played = np.array([3, 4, 5, 6, 10, 11, 12, 16])
    shown[played, 0, 0] = played
    write_shard(game, 0, ends=(6, 12, 16), steps=18)
    write_column(game, "observation", 0, shown)
    write_column(game, "action", 0, np.isin(np.arange(18), played).astype(np.int32))
    write_column(game, "reward", 0, np.isin(np.arange(18), played).astype(np.float32))
    return game


def test_steps_that_nobody_played_are_left_out(padded: Path) -> None:
    episodes = list(DQNReplay.open(padded, "logs").episodes())

    assert [episode.observations[:, 0, 0].tolist() for episode in episodes] == [
        [3, 4, 5, 6],
        [10, 11, 12],
        [16],
    ]
    assert [episode.actions.tolist() for episode in episodes] == [[1] * 4, [1] * 3, [1]]


def test_visits_as_published_keep_them(padded: Path) -> None:
    source = DQNReplay.open(padded, "logs@steps=5,seed=0,per_visit=1")

    assert [len(episode) for episode in source.episodes()] == [7, 6]


def test_black_frames_of_our_own_shards_are_kept(padded: Path) -> None:
    (padded / TASK).write_text("ALE/Pong-v5")

    assert [len(episode) for episode in DQNReplay.open(padded, "logs").episodes()] == [7, 6, 4]
