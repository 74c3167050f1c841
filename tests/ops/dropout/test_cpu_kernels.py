"""A task writes its own numbers and no others."""

import numpy as np
import pytest

from decision_mamba.ops.dropout import cpu_kernels


def test_a_task_fills_its_own_stretch() -> None:
    size = 2 * cpu_kernels.TASK + 10
    x, y = np.ones(size, np.float32), np.full(size, np.nan, np.float32)

    cpu_kernels.drop(2, 3, np.uint64(0), np.uint32(0), np.float32(2.0), x, y)

    assert np.flatnonzero(y == 2.0).tolist() == list(range(size - 10, size))
    assert np.isnan(y[:-10]).all()


@pytest.mark.parametrize(
    ("bits", "scale", "rounded"),
    [
        (0x3F80, 1 + 2**-8, 0x3F80),  # 1 + 1/2 unit in the last place: down to the even one
        (0x3FC0, 1 + 2**-7, 0x3FC2),  # 1.5 + 3/2 units: up to the even one
        (0x3F81, 1 + 2**-8, 0x3F82),  # little more than half a unit
    ],
)
def test_bfloat16_is_rounded_to_the_nearest_and_ties_to_the_even_one(
    bits: int, scale: float, rounded: int
) -> None:
    x, y = np.array([bits], np.uint16), np.zeros(1, np.uint16)

    cpu_kernels.drop(0, 1, np.uint64(0), np.uint32(0), np.float32(scale), x, y)

    assert y.tolist() == [rounded]
