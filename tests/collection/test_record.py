"""Any actor's episodes are recorded whole, the same after a stop and for any number of copies."""

import json
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
import pytest

from decision_mamba.collection.random_play import RandomPlay
from decision_mamba.collection.record import Amount, Progress, record_play
from decision_mamba.data.sources import open_source
from decision_mamba.envs import Environment, Stepped
from decision_mamba.envs.environment import Image
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows
from decision_mamba.spaces import Continuous, Discrete, Spaces, Vector
from decision_mamba.spaces import Image as Frames


class Counting(Environment):
    """Shows its seed and the time; an episode lasts 2 to 5 steps and pays what was done."""

    task = "Counting-v0"
    horizon = 5
    steps_per_second = 1.0

    def __init__(self, copies: int, *, frames: bool = False) -> None:
        self.copies = copies
        self.spaces = Spaces(Frames(4, 4) if frames else Vector(2), Discrete(3))
        self.waves: list[int] = []

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        self.waves.append(len(seeds))
        self._seeds = np.array(seeds)
        self._times = np.zeros(len(seeds), np.int64)
        return self._shown(np.arange(len(seeds)))

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        self._seeds[rows] = seeds
        self._times[rows] = 0
        return self._shown(rows)

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        self._times[rows] += 1
        ended = self._times[rows] >= 2 + self._seeds[rows] % 4
        return Stepped(self._shown(rows), actions.astype(np.float64), ended, np.zeros_like(ended))

    def render(self, row: int) -> Image:
        raise NotImplementedError

    def close(self) -> None:
        pass

    def _shown(self, rows: Rows) -> PlayedObservations:
        pairs = np.stack([self._seeds[rows] % 251, self._times[rows]], axis=1)
        if isinstance(self.spaces.observation, Frames):
            return np.tile(pairs[:, None], (1, 4, 2)).astype(np.uint8)
        return pairs.astype(np.float32)


def _record(path: Path, amount: Amount, *, copies: int = 3, resume: bool = False) -> list[Progress]:
    environment = Counting(copies)
    actor = RandomPlay(environment.spaces.action, seed=1)
    return list(record_play(environment, actor, path, amount, seed=1, resume=resume))


def _read(path: Path) -> list[Episode]:
    return list(open_source(str(path)).episodes())


def _same(one: Path, other: Path) -> bool:
    pairs = list(zip(_read(one), _read(other), strict=True))
    return all(
        np.array_equal(a.observations, b.observations) and np.array_equal(a.actions, b.actions)
        for a, b in pairs
    )


def test_so_many_episodes_are_recorded_and_told_of(tmp_path: Path) -> None:
    told = _record(tmp_path / "x.hdf5", Amount(episodes=7))

    episodes = _read(tmp_path / "x.hdf5")
    assert len(episodes) == 7
    assert [progress.episodes for progress in told] == [1, 2, 3, 4, 5, 6, 7, 7]
    assert told[-1].steps == sum(len(episode) for episode in episodes)
    mean = np.mean([episode.total_reward for episode in episodes])
    assert told[-1].mean_return == pytest.approx(mean)
    assert open_source(str(tmp_path / "x.hdf5")).task == "Counting-v0"


def test_what_was_seen_done_and_paid_is_recorded(tmp_path: Path) -> None:
    _record(tmp_path / "x.hdf5", Amount(episodes=4))

    for episode in _read(tmp_path / "x.hdf5"):
        assert episode.observations[:, 1].tolist() == list(range(len(episode)))
        assert len(set(episode.observations[:, 0])) == 1
        assert episode.rewards.tolist() == episode.actions.tolist()
        assert episode.terminated
        assert episode.last_observation is not None
        assert episode.last_observation[1] == len(episode)


@pytest.mark.parametrize("steps", [1, 2, 11, 40])
def test_the_first_whole_episodes_that_reach_so_many_steps_are_kept(
    tmp_path: Path, steps: int
) -> None:
    _record(tmp_path / "x.hdf5", Amount(steps=steps))

    lengths = [len(episode) for episode in _read(tmp_path / "x.hdf5")]
    assert sum(lengths) >= steps > sum(lengths[:-1])


@pytest.mark.parametrize("amount", [Amount(steps=40), Amount(episodes=10)])
def test_how_many_are_played_side_by_side_changes_nothing(tmp_path: Path, amount: Amount) -> None:
    _record(tmp_path / "one.hdf5", amount, copies=1)
    _record(tmp_path / "four.hdf5", amount, copies=4)

    assert _same(tmp_path / "one.hdf5", tmp_path / "four.hdf5")


def test_not_many_more_are_played_than_are_kept(tmp_path: Path) -> None:
    environment = Counting(4)
    actor = RandomPlay(environment.spaces.action, seed=1)

    list(record_play(environment, actor, tmp_path / "x.hdf5", Amount(steps=15), seed=1))

    assert environment.waves[0] == 4
    assert sum(environment.waves) <= len(_read(tmp_path / "x.hdf5")) + 1


@pytest.mark.parametrize("stop", [1, 4, 8, 9])
def test_after_a_stop_it_goes_on_to_the_same_file(tmp_path: Path, stop: int) -> None:
    whole, stopped = tmp_path / "whole.hdf5", tmp_path / "stopped.hdf5"
    _record(whole, Amount(episodes=9))
    environment = Counting(3)
    actor = RandomPlay(environment.spaces.action, seed=1)
    playing = record_play(environment, actor, stopped, Amount(episodes=9), seed=1)
    for _ in range(stop):
        next(playing)
    playing.close()
    assert not stopped.exists()

    told = _record(stopped, Amount(episodes=9), resume=True)

    assert len(told) == 10 - 3 * ((stop - 1) // 3)  # waves of three that were whole stay
    assert _same(whole, stopped)
    assert sorted(tmp_path.iterdir()) == [stopped, whole]


def test_a_half_recorded_file_is_told(tmp_path: Path) -> None:
    environment = Counting(2)
    actor = RandomPlay(environment.spaces.action, seed=1)
    playing = record_play(environment, actor, tmp_path / "x.hdf5", Amount(episodes=9), seed=1)
    for _ in range(3):  # the first of the second wave: the first wave is stored
        next(playing)
    playing.close()

    with pytest.raises(BadInput, match="is half collected already; add --resume to go on"):
        _record(tmp_path / "x.hdf5", Amount(episodes=9))
    with pytest.raises(BadInput, match="collected with other settings; resume with"):
        _record(tmp_path / "x.hdf5", Amount(episodes=8), resume=True)


def test_frames_are_recorded_as_the_bytes_they_are(tmp_path: Path) -> None:
    environment = Counting(2, frames=True)
    actor = RandomPlay(environment.spaces.action, seed=0)

    list(record_play(environment, actor, tmp_path / "x.hdf5", Amount(episodes=3)))

    episodes = _read(tmp_path / "x.hdf5")
    assert all(episode.observations.dtype == np.uint8 for episode in episodes)
    assert episodes[0].observations[:, 0, 1].tolist() == list(range(len(episodes[0])))


def test_how_it_was_made_stands_in_the_file(tmp_path: Path) -> None:
    environment = Counting(2)
    actor = RandomPlay(environment.spaces.action, seed=0)

    list(
        record_play(
            environment, actor, tmp_path / "x.hdf5", Amount(episodes=1), told={"player": "random"}
        )
    )

    with h5py.File(tmp_path / "x.hdf5") as file:
        made_by = json.loads(file.attrs["made_by"])
    assert made_by == {
        "player": "random", "task": "Counting-v0", "seed": 0, "steps": None, "episodes": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "episodes", "said"),
    [(None, None, "give one"), (3, 3, "give one"), (0, None, "0 steps are none"),
     (None, -1, "-1 episodes are none; give at least 1")],
)  # fmt: skip
def test_an_amount_that_is_none_is_told(steps: int | None, episodes: int | None, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Amount(steps, episodes)


def test_a_place_that_cannot_be_written_is_told_before_anything_is_played(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = Counting(1)
    actor = RandomPlay(Continuous((0.0,), (1.0,)), seed=0)

    with pytest.raises(BadInput, match="cannot be written"):
        next(record_play(environment, actor, tmp_path / "file" / "x.hdf5", Amount(episodes=1)))
    assert environment.waves == []


def test_more_frames_than_memory_holds_are_refused_before_anything_is_begun(
    tmp_path: Path,
) -> None:
    environment = Counting(copies=10**13, frames=True)

    with pytest.raises(BadInput, match=r"side by side would take .* play fewer with --copies"):
        next(record_play(environment, RandomPlay(Discrete(3), 0), tmp_path / "x.hdf5", Amount(1)))

    assert list(tmp_path.iterdir()) == []
