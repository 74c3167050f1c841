"""The shards of a DQN-replay folder: gzip'd .npy files, read in blocks from the front."""

import dataclasses
import gzip
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from decision_mamba.errors import BadInput

# What of a shard is read, and the axes of each.
COLUMNS = {"observation": 3, "action": 1, "reward": 1, "terminal": 1}
TASK = "task.txt"  # in folders that `write_shards` wrote
_NAME = re.compile(r"\$store\$_(\w+?)_ckpt\.(\d+)\.gz")
_BLOCK = 4096  # frames unpacked at once, 29 MB of 84x84
_DAMAGED = (OSError, EOFError, ValueError, zlib.error)


@dataclasses.dataclass(frozen=True)
class Shard:
    """One checkpoint of a replay buffer: a file for each of its columns."""

    folder: Path
    number: int

    def path(self, column: str) -> Path:
        """The file of a column, as Dopamine's replay buffer names it."""
        return self.folder / f"$store$_{column}_ckpt.{self.number}.gz"

    def column(self, name: str) -> ndarray:
        """All of a column that is one number per step.

        Raises:
            BadInput: it is damaged, no column of numbers, or larger than this machine's memory.
        """
        with _Unpacked(self.path(name)) as file:
            require_memory(file.rows * file.dtype.itemsize, f"{file.path} holds {file.rows:,} rows")
            return file.read(file.rows)

    def ends(self) -> tuple[ndarray, ndarray]:
        """Which steps are the last of an episode that ended by itself, and by the clock.

        Published shards do not tell the second; `write_shards` adds a column that does.
        """
        terminated = self.column("terminal") != 0
        if not self.path("episode_end").is_file():
            return terminated, np.zeros_like(terminated)
        return terminated, (self.column("episode_end") != 0) & ~terminated

    def check(self) -> int:
        """Makes sure that the columns are there, have the right axes and are equally long.

        Returns:
            How many steps each of them says it has; they may still be cut short.

        Raises:
            BadInput: naming the file at fault.
        """
        lengths = {}
        for name, axes in COLUMNS.items():
            path = self.path(name)
            if not path.is_file():
                raise BadInput(f"{self.folder} lacks {path.name}; fetch that file as well")
            with _Unpacked(path) as file:
                if 1 + len(file.row) != axes or file.dtype.kind not in "iufb":
                    shape = (file.rows, *file.row)
                    raise BadInput(f"{path} has shape {shape}; expected numbers on {axes} axes")
                if name == "observation" and file.dtype != np.uint8:
                    raise BadInput(f"{path} is of type {file.dtype}; expected frames of uint8")
                lengths[name] = file.rows
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{length} of {name}" for name, length in lengths.items())
            raise BadInput(
                f"shard {self.number} of {self.folder} holds {listed}; expected as many of each"
            )
        return lengths["observation"]


class Frames:
    """The frames of a shard, handed out from the front; only a block is in memory at a time."""

    def __init__(self, shard: Shard) -> None:
        self._file = _Unpacked(shard.path("observation"))
        self._at = 0

    def close(self) -> None:
        self._file.close()

    def between(self, start: int, end: int) -> UInt8[ndarray, "t height width"]:
        """The frames of the steps from `start` on and before `end`; never behind an earlier call.

        Raises:
            BadInput: the file is damaged, or the frames do not fit into memory.
        """
        steps = end - start
        size = int(np.prod(self._file.row))
        require_memory(steps * size, f"{self._file.path} has an episode of {steps:,} steps, which")
        for _ in _blocks(self._file, start - self._at):
            pass
        frames = np.empty((steps, *self._file.row), np.uint8)
        filled = 0
        for block in _blocks(self._file, steps):
            frames[filled : filled + len(block)] = block
            filled += len(block)
        self._at = end
        return frames


def shards_in(folder: Path) -> list[Shard]:
    """The shards of a folder by their numbers; none if it is no folder of shards."""
    names = (_NAME.fullmatch(path.name) for path in folder.iterdir())
    numbers = {int(name[2]) for name in names if name and name[1] in COLUMNS}
    return [Shard(folder, number) for number in sorted(numbers)]


def require_memory(
    size: int, what: str, remedy: str = "leave out this shard or read it on a larger machine"
) -> None:
    """Refuses what would take more than half of this machine's memory, before it is claimed.

    Args:
        size: bytes that would be needed.
        what: the beginning of the sentence that refuses it.
        remedy: its end.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if size > memory / 2:
        raise BadInput(
            f"{what} would take {size / 1e9:,.1f} GB of this machine's {memory / 1e9:,.1f} GB of "
            f"memory; {remedy}"
        )


class _Unpacked:
    """The array of a .npy.gz file, read row by row from the front."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = gzip.open(path, "rb")  # noqa: SIM115  # closed by `close`
        try:
            version = np.lib.format.read_magic(self._file)
            read = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, self._fortran, self.dtype = read(self._file)
        except _DAMAGED as error:
            self.close()
            raise _damaged(path, error) from error
        if not shape or self._fortran or self.dtype.hasobject:
            self.close()
            raise BadInput(f"{path} holds no rows of numbers; expected an array with an axis")
        self.rows, self.row = int(shape[0]), tuple(shape[1:])

    def __enter__(self) -> "_Unpacked":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def read(self, rows: int) -> ndarray:
        size = rows * int(np.prod(self.row)) * self.dtype.itemsize
        try:
            content = self._file.read(size)
        except _DAMAGED as error:
            raise _damaged(self.path, error) from error
        if len(content) < size:
            raise _damaged(self.path, EOFError("it ends before its last row"))
        return np.frombuffer(content, self.dtype).reshape(rows, *self.row)


def _blocks(file: _Unpacked, rows: int) -> Iterator[ndarray]:
    for start in range(0, rows, _BLOCK):
        yield file.read(min(_BLOCK, rows - start))


def _damaged(path: Path, error: Exception) -> BadInput:
    reason = str(error).rstrip(". ")
    return BadInput(
        f"{path} is no whole .npy file in gzip ({reason}); it may be cut short: "
        "fetch or copy it again"
    )
