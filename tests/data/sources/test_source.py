"""Every source keeps the promises of `Source`. A new one is picked up by itself."""

import typing
from pathlib import Path

import h5py
import numpy as np
import pytest

from decision_mamba.data.sources import (
    D4RL,
    DQNReplay,
    Minari,
    Recorded,
    Source,
    SourceKind,
    open_source,
    record,
    write_shards,
)
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from tests.data.minari_files import HOPPER, write_minari

LENGTHS = [3, 1, 4]


def _write_recorded(path: Path, episodes: list[Episode]) -> None:
    record(path, episodes, task="Hopper-v4")


def _write_d4rl(path: Path, episodes: list[Episode]) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["env_id"] = "Hopper-v4"
        for column in ("observations", "actions", "rewards"):
            file[column] = np.concatenate([getattr(episode, column) for episode in episodes])
        ends = np.cumsum([len(episode) for episode in episodes]) - 1
        file["terminals"] = np.isin(np.arange(ends[-1] + 1), ends)


def _write_shards(path: Path, episodes: list[Episode]) -> None:
    write_shards(path, Store.of(episodes), task="Hopper-v4")


def _write_minari(path: Path, episodes: list[Episode]) -> None:
    write_minari(path, episodes, spec=HOPPER)


WRITERS = {
    Recorded: _write_recorded,
    D4RL: _write_d4rl,
    Minari: _write_minari,
    DQNReplay: _write_shards,
}


def _episodes(*, frames: bool = False) -> list[Episode]:
    generator = np.random.default_rng(0)
    return [
        Episode(
            generator.integers(256, size=(length, 84, 84), dtype=np.uint8)
            if frames
            else generator.normal(size=(length, 2)).astype(np.float32),
            generator.integers(4, size=length)
            if frames
            else generator.uniform(-1, 1, size=(length, 1)).astype(np.float32),
            generator.normal(size=length).astype(np.float32),
            terminated=True,
        )
        for length in LENGTHS
    ]


@pytest.fixture(params=typing.get_args(SourceKind), ids=lambda kind: kind.__name__)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where a source of each kind lies."""
    target = tmp_path / "episodes"
    WRITERS[request.param](target, _episodes(frames=request.param is DQNReplay))
    return target


@pytest.fixture(params=[Recorded, D4RL], ids=lambda kind: kind.__name__)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where a source lies that is one HDF5 file."""
    target = tmp_path / "episodes.hdf5"
    WRITERS[request.param](target, _episodes())
    return target


@pytest.fixture
def source(place: Path) -> Source:
    return open_source(str(place))


def test_it_is_recognised_by_its_content(place: Path) -> None:
    kinds = [kind for kind in typing.get_args(SourceKind) if kind.recognises(place)]

    assert kinds == [type(open_source(str(place)))]


def test_other_files_are_not_recognised(place: Path, tmp_path: Path) -> None:
    kind = type(open_source(str(place)))
    text = tmp_path / "text.hdf5"
    text.write_text("no HDF5")

    assert not kind.recognises(text)


def test_it_says_what_it_is(source: Source, place: Path) -> None:
    assert source.name == str(place)
    assert source.task == "Hopper-v4"
    assert (source.steps, source.left_out) == (8, 0)


def test_episodes_come_back_in_order_at_every_reading(source: Source) -> None:
    for _ in range(2):
        read = list(source.episodes())

        assert [len(episode) for episode in read] == LENGTHS
        frames = isinstance(source, DQNReplay)
        for got, wanted in zip(read, _episodes(frames=frames), strict=True):
            np.testing.assert_array_equal(got.observations, wanted.observations)
            np.testing.assert_array_equal(got.actions, wanted.actions)
            np.testing.assert_array_equal(got.rewards, wanted.rewards)
            assert got.terminated
            assert not got.truncated


def test_the_first_episodes_that_reach_so_many_steps_can_be_chosen(place: Path) -> None:
    source = open_source(f"{place}@steps=4")

    for _ in range(2):
        assert [len(episode) for episode in source.episodes()] == LENGTHS[:2]
    assert (source.steps, source.left_out) == (4, 0)


def test_a_file_cut_in_half_is_told_in_a_sentence(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(BadInput, match=r"cannot be read to its end .* it may be cut short"):
        open_source(str(path))


def test_a_damaged_column_is_told_in_a_sentence(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["rewards"]
        file.create_dataset("rewards", data=np.zeros(8), chunks=(8,), compression="gzip")
        where = file["rewards"].id.get_chunk_info(0)
    with path.open("r+b") as raw:
        raw.seek(where.byte_offset)
        raw.write(b"\xff" * where.size)

    with pytest.raises(BadInput, match="cannot be read to its end"):
        list(open_source(str(path)).episodes())


def test_a_damaged_table_of_contents_is_told_in_a_sentence(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"SNOD", b"XXXX"))

    with pytest.raises(BadInput, match="cannot be read to its end"):
        open_source(str(path))


@pytest.mark.parametrize("column", ["observations", "actions", "rewards"])
def test_a_missing_column_is_named(path: Path, column: str) -> None:
    with h5py.File(path, "r+") as file:
        del file[column]

    with pytest.raises(BadInput, match=f"lacks {column}; expected "):
        open_source(str(path))


def test_unequal_columns_are_named(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["rewards"]
        file["rewards"] = np.zeros(7)

    with pytest.raises(BadInput, match=r"8 observations, 8 actions, 7 rewards.*expected as many"):
        open_source(str(path))


def test_a_column_with_too_many_axes_is_named(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["rewards"]
        file["rewards"] = np.zeros((8, 1))

    with pytest.raises(BadInput, match=r"rewards has shape \(8, 1\); expected 1 axes"):
        open_source(str(path))
