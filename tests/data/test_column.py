"""A column holds what was appended, and outlives its file."""

from pathlib import Path

import numpy as np
import pytest

from decision_mamba.data.column import Column
from decision_mamba.errors import Failure


def test_rows_come_back_in_order(tmp_path: Path) -> None:
    with Column((tmp_path / "x.npy").open("w+b"), np.float32, (2,)) as column:
        column.append(np.array([[1, 2], [3, 4]]))
        column.append(np.array([[5, 6]]))
        mapped = column.map()

    np.testing.assert_array_equal(mapped, np.array([[1, 2], [3, 4], [5, 6]], np.float32))


def test_the_file_is_one_that_numpy_reads(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    with Column(path.open("w+b"), np.int64) as column:
        for number in range(1000):
            column.append(np.array([number]))
        column.map()

    np.testing.assert_array_equal(np.load(path), np.arange(1000))


def test_the_mapping_outlives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    with Column(path.open("w+b"), np.float32) as column:
        column.append(np.array([7.0]))
        mapped = column.map()
    path.unlink()

    assert mapped.tolist() == [7.0]


@pytest.mark.parametrize("shape", [(1, 3), (2,), (1, 2, 1), ()])
def test_rows_of_another_shape_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with Column((tmp_path / "x.npy").open("w+b"), np.float32, (2,)) as column:
        with pytest.raises(ValueError, match=r"expected each of shape \(2,\)"):
            column.append(np.zeros(shape))
        mapped = column.map()

    assert mapped.shape == (0, 2)


def test_a_full_disk_is_told_in_a_sentence() -> None:
    file = Path("/dev/full").open("r+b")  # noqa: SIM115 the column closes it

    with (
        pytest.raises(Failure, match=r"No space left on device\); free some space"),
        Column(file, np.float32) as column,
    ):
        column.append(np.zeros(100_000))
