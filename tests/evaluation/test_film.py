"""A film holds the frames of one copy, and its file appears whole or not at all."""

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import numpy as np
import pytest

from decision_mamba.envs import Image
from decision_mamba.errors import BadInput, Failure
from decision_mamba.evaluation.film import Filmed, save_film

GREYS = (0, 60, 120, 180, 240)

# imageio's reader leaves the pipes from ffmpeg to the garbage collector; its writer does not.
reads_a_film = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


@pytest.fixture(autouse=True)
def pipes_are_collected() -> Iterator[None]:
    """Collects the pipes that imageio leaves lying about here, and not during a later test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def frames() -> list[Image]:
    return [np.full((32, 48, 3), grey, np.uint8) for grey in GREYS]


@reads_a_film
@pytest.mark.parametrize("name", ["film.mp4", "film.gif"])
def test_five_frames_are_written_and_read_again(
    name: str, frames: list[Image], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    save_film(frames, tmp_path / name, 10.0)

    seen = np.stack([frame[..., :3] for frame in imageio.imiter(tmp_path / name)])
    assert seen.shape == (5, 32, 48, 3)
    np.testing.assert_allclose(seen.mean(axis=(1, 2, 3)), GREYS, atol=6)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert capfd.readouterr() == ("", "")


@reads_a_film
def test_an_odd_line_and_column_are_cut(tmp_path: Path) -> None:
    save_film([np.zeros((33, 47, 3), np.uint8)] * 2, tmp_path / "odd.mp4", 10.0)

    assert imageio.imread(tmp_path / "odd.mp4", index=0).shape == (32, 46, 3)


def test_another_kind_of_file_is_refused(frames: list[Image], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"film\.avi .* end in \.mp4 or \.gif"):
        save_film(frames, tmp_path / "film.avi", 10.0)


def test_a_film_without_a_frame_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="without a frame"):
        save_film([], tmp_path / "film.mp4", 10.0)


@pytest.mark.parametrize("name", ["film.mp4", "film.gif"])
def test_a_failed_film_leaves_the_one_before_and_nothing_else(
    name: str, frames: list[Image], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_bytes(b"the film before")

    def fill_the_disk(partial: Path, *_: Any, **__: Any) -> None:
        partial.write_bytes(b"the first fra")
        raise OSError("No space left on device")

    monkeypatch.setattr(imageio, "imwrite", fill_the_disk)
    with pytest.raises(Failure, match="No space left"):
        save_film(frames, path, 10.0)

    assert path.read_bytes() == b"the film before"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("ending", [".mp4", ".gif"])
@pytest.mark.parametrize(
    ("name", "why"), [("file/film", "Not a directory"), ("n" * 250, "File name too long")]
)
def test_a_place_of_no_use_is_bad_input(
    name: str, why: str, ending: str, frames: list[Image], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BadInput, match=f"{ending} cannot be written: {why}"):
        save_film(frames, tmp_path / (name + ending), 10.0)


# imageio leaves its end of the pipe to an ffmpeg that ended early to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("program", ["exit 1", "cat > /dev/null; exit 1", "cat > /dev/null"])
def test_an_ffmpeg_that_fails_is_a_sentence(
    program: str, frames: list[Image], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ffmpeg = tmp_path / "ffmpeg"
    ffmpeg.write_text(f"#!/bin/sh\n{program}\n")
    ffmpeg.chmod(0o700)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(ffmpeg))

    with pytest.raises(Failure, match=r"^ffmpeg could not write the film: .*; make room") as failed:
        save_film(frames, tmp_path / "film.mp4", 10.0)

    assert "\n" not in str(failed.value)
    assert [path.name for path in tmp_path.iterdir()] == ["ffmpeg"]


@pytest.mark.parametrize(
    "absence", [FileNotFoundError(2, "No such file"), RuntimeError("No ffmpeg exe could be found.")]
)
def test_an_ffmpeg_that_is_missing_is_a_sentence(
    absence: Exception, frames: list[Image], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise absence

    monkeypatch.setattr(imageio, "imwrite", missing)
    with pytest.raises(Failure, match=r"ffmpeg could not write the film: .*No .*choose a name"):
        save_film(frames, tmp_path / "film.mp4", 10.0)

    assert list(tmp_path.iterdir()) == []


def test_a_film_cut_short_is_a_failure(
    frames: list[Image], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = imageio.imwrite
    monkeypatch.setattr(
        imageio, "imwrite", lambda path, frames, **how: write(path, frames[:3], **how)
    )

    with pytest.raises(Failure, match="wrote 3 of the film's 5 frames"):
        save_film(frames, tmp_path / "film.mp4", 10.0)


def test_one_copy_is_filmed_thirty_times_a_second(purse: Any) -> None:
    film = Filmed(purse, row=1)

    film.reset([2, 3])
    for rows in ([0, 1], [0, 1], [1]):
        film.step(np.array(rows), np.zeros((len(rows), 1), np.float32))

    # Sixty steps make a second, so every other one is drawn; copy 1 has 3 and then 1 step left.
    assert [frame[0, 0, 0] for frame in film.frames] == [240, 80]
    assert film.frames_per_second == 30.0


def test_a_film_ends_after_its_seconds(purse: Any) -> None:
    film = Filmed(purse, seconds=2 / 60)

    film.reset([3])
    for _ in range(3):
        film.step(np.array([0]), np.zeros((1, 1), np.float32))
    whole = [frame[0, 0, 0] for frame in film.frames]
    short = Filmed(purse, seconds=1 / 60)
    short.reset([3])
    for _ in range(3):
        short.step(np.array([0]), np.zeros((1, 1), np.float32))

    assert (whole, film.is_whole) == ([240, 80], False)
    assert not short.is_whole
    assert [frame[0, 0, 0] for frame in short.frames] == [240]


def test_the_steps_of_other_copies_are_not_filmed(purse: Any) -> None:
    film = Filmed(purse, row=0)

    film.reset([2, 3])
    for _ in range(2):
        film.step(np.array([1]), np.zeros((1, 1), np.float32))

    assert len(film.frames) == 1
    assert film.is_whole


def test_a_reset_begins_a_film_anew(purse: Any) -> None:
    film = Filmed(purse)

    film.reset([2])
    film.step(np.array([0]), np.zeros((1, 1), np.float32))
    film.reset([3])

    assert [frame[0, 0, 0] for frame in film.frames] == [240]


def test_filming_changes_nothing_but_the_frames(purse: Any) -> None:
    film = Filmed(purse)

    film.reset([2])
    stepped = film.step(np.array([0]), np.full((1, 1), 0.5, np.float32))
    film.close()

    assert stepped.rewards.tolist() == [0.5]
    assert (film.task, film.spaces, film.horizon, film.copies) == ("Purse-v0", purse.spaces, 3, 4)
    assert purse.started == []
