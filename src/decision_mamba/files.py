"""Files that are there whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from decision_mamba.errors import Failure


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives a name to write under; what is there when the block ends takes the place of `path`.

    A crash, a kill or a full disk inside the block leaves what stood at `path` before. The name
    is always the same, so that what a kill leaves behind is overwritten by the next attempt.

    Raises:
        Failure: the machine could not write it, for want of space, say.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        _flush(partial)
        os.replace(partial, path)
        _flush(path.parent)
    except OSError as problem:
        partial.unlink(missing_ok=True)
        raise Failure(
            f"{path} could not be written: {problem.strerror or problem}; what stood there "
            "before is unchanged; make room or choose another place"
        ) from problem


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a whole file, or leaves what stood there before."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
