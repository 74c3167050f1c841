"""Files that are there whole or not at all."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from decision_mamba.errors import BadInput, Failure

# What only another place mends. EEXIST is how mkdir says that the folder it shall make is a file.
_OF_THE_PLACE = {
    errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOENT,
    errno.ENOTDIR, errno.EPERM, errno.EROFS,
}  # fmt: skip


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a name to write under; what is there when the block ends takes the place of `path`.

    A crash, a kill or a full disk inside the block leaves what stood at `path` before. The name
    is always the same, so that what a kill leaves behind is overwritten by the next attempt, and
    ends as `path` does. Missing folders are made. A link stays, and the file it leads to is
    replaced. A device or a pipe is not replaced but written to: the name is then `path` itself.

    Raises:
        BadInput: nothing can be written at this place.
        Failure: the machine could not write it, for want of space, say.
    """
    with _told_in_a_sentence(path):
        if _is_device_or_pipe(path):
            yield path
            return
        place, partial = _place_of(path)
        try:
            yield partial
            _flush(partial)
            os.replace(partial, place)
            _flush(place.parent)
        finally:
            partial.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a whole file, or leaves what stood there before; raises what `replacing` does."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def require_writable(path: Path) -> None:
    """Tries, before the work that shall end there, whether `path` can be written.

    Missing folders are made; what stands at `path` is not touched.

    Raises:
        BadInput: nothing can be written at this place.
        Failure: the machine cannot write there, for want of space, say.
    """
    with _told_in_a_sentence(path):
        if not _is_device_or_pipe(path):
            _, partial = _place_of(path)
            partial.touch()
            partial.unlink()
        # Not opened, because that would wait for the reader of a pipe.
        elif not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextlib.contextmanager
def _told_in_a_sentence(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        if problem.errno in _OF_THE_PLACE:
            told = errno.ENOTDIR if problem.errno == errno.EEXIST else problem.errno
            raise BadInput(
                f"{path} cannot be written: {os.strerror(told)}; choose another place"
            ) from problem
        raise Failure(
            f"{path} could not be written: {problem.strerror or problem}; a file that stood there "
            "before is unchanged; make room or choose another place"
        ) from problem


def _is_device_or_pipe(path: Path) -> bool:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return path.exists() and not path.is_file()


def _place_of(path: Path) -> tuple[Path, Path]:
    """The file that `path` leads to, in a folder that is there, and its name while unfinished."""
    place = Path(os.path.realpath(path))
    place.parent.mkdir(parents=True, exist_ok=True)
    return place, place.with_name(f".partial.{place.name}")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
