"""A file is replaced whole or stays as it was."""

import errno
from pathlib import Path

import pytest

from decision_mamba.errors import Failure
from decision_mamba.files import replacing, write_atomically


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


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="No such file or directory"):
        write_atomically(tmp_path / "nowhere" / "file", b"")
