"""A long column of numbers that is written row by row and then mapped into memory."""

import contextlib
from typing import BinaryIO

import numpy as np
from numpy import ndarray
from numpy.typing import DTypeLike

from decision_mamba.errors import Failure


class Column:
    """A .npy file that grows.

    NumPy leaves room in the header for a longer first axis, so the header is written twice: for
    no rows at the start, for all of them at the end.
    """

    def __init__(self, file: BinaryIO, dtype: DTypeLike, row: tuple[int, ...] = ()) -> None:
        self._file = file
        self._dtype = np.dtype(dtype)
        self._row = row
        self._rows = 0
        self._write_header()

    def __enter__(self) -> "Column":
        return self

    def __exit__(self, *_: object) -> None:
        # What was mapped has been written; closing can fail only where writing has failed before.
        with contextlib.suppress(OSError):
            self._file.close()

    def append(self, rows: ndarray) -> None:
        """Adds rows at the end.

        Raises:
            ValueError: they are no rows of this column.
            Failure: the disk does not take them.
        """
        if rows.shape[1:] != self._row or rows.ndim == 0:
            raise ValueError(f"got rows of shape {rows.shape}; expected each of shape {self._row}")
        try:
            self._file.write(np.ascontiguousarray(rows, self._dtype).data)
        except OSError as error:
            raise _full(error) from error
        self._rows += len(rows)

    def map(self) -> ndarray:
        """The column as an array that is read from the disk where it is touched.

        It outlives the file object, and the file's name.
        """
        try:
            self._file.seek(0)
            self._write_header()
            self._file.flush()
        except OSError as error:
            raise _full(error) from error
        shape = (self._rows, *self._row)
        start = self._header_bytes
        # A plain array over the mapping: np.memmap's own class makes every gather slower.
        return np.asarray(np.memmap(self._file, self._dtype, "r", offset=start, shape=shape))

    def _write_header(self) -> None:
        shape = (self._rows, *self._row)
        header = {"descr": self._dtype.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._header_bytes = self._file.tell()


def _full(error: OSError) -> Failure:
    return Failure(
        f"the episodes could not be written to the disk ({error.strerror}); "
        "free some space, or let TMPDIR name a folder on another disk"
    )
