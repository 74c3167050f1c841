"""A file is replaced whole or stays as it was."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from decision_mamba.errors import BadInput, Failure
from decision_mamba.files import replacing, require_writable, write_atomically


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")

    write_atomically(path, b"after")

    assert path.read_text() == "after"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")

    with pytest.raises(Failure, match=r"file could not be written: No space left on device"):
        fill_up(path)

    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def fill_up(path: Path) -> None:
    with replacing(path) as partial:
        partial.write_text("aft")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_another_error_leaves_what_stood_there_too(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")

    def interrupted() -> None:
        with replacing(path) as partial:
            partial.write_text("aft")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_atomically(tmp_path / "one" / "two" / "file", b"after")

    assert (tmp_path / "one" / "two" / "file").read_bytes() == b"after"


def test_the_name_while_unfinished_ends_as_the_file_does(tmp_path: Path) -> None:
    with replacing(tmp_path / "film.mp4") as partial:
        partial.touch()

    assert partial == tmp_path / ".partial.film.mp4"


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "elsewhere" / "file", tmp_path / "link"
    link.symlink_to(target)

    write_atomically(link, b"one")
    write_atomically(link, b"another")

    assert link.is_symlink()
    assert target.read_bytes() == b"another"


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    got: list[bytes] = []
    # Ends with the test run whatever happens: nobody writes where the pipe was replaced.
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()), daemon=True)
    reader.start()

    write_atomically(link, b"content")
    reader.join(timeout=10)

    assert got == [b"content"]
    assert pipe.is_fifo()
    assert link.is_symlink()


@pytest.mark.parametrize("attempt", [lambda path: write_atomically(path, b""), require_writable])
@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("file/under", "Not a directory"),
        ("file/under/it", "Not a directory"),
        ("folder", "Is a directory"),
        ("n" * 300, "File name too long"),
    ],
)
def test_a_place_of_no_use_is_a_sentence(
    attempt: Callable[[Path], None], place: str, why: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("before")
    (tmp_path / "folder").mkdir()

    with pytest.raises(BadInput, match=rf"{place} cannot be written: {why}; choose another place"):
        attempt(tmp_path / place)

    assert (tmp_path / "file").read_text() == "before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize("attempt", [lambda path: write_atomically(path, b""), require_writable])
@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_is_closed_to_us_is_bad_input(
    attempt: Callable[[Path], None],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    # Not by chmod, which closes nothing to the superuser that tests may run as.
    monkeypatch.setattr(Path, "mkdir", closed)
    with pytest.raises(BadInput, match=os.strerror(code)):
        attempt(tmp_path / "nowhere" / "file")


def test_trying_a_place_leaves_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    os.mkfifo(tmp_path / "pipe")

    require_writable(path)
    require_writable(tmp_path / "pipe")
    require_writable(tmp_path / "folder" / "file")

    assert path.read_text() == "before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder", "pipe"]
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_pipe_that_is_closed_to_us_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)

    with pytest.raises(BadInput, match="pipe cannot be written: Permission denied"):
        require_writable(tmp_path / "pipe")
