"""Sixteen numbers at a time: what is read, written and computed."""

import numba
import numpy as np
import pytest
import torch

from decision_mamba.ops.kernels import TAGS
from decision_mamba.ops.lanes import COUNT, first, get, load, number, put, store, total

TYPES = [torch.float32, torch.float64, torch.bfloat16]


@numba.njit
def copy(tag, x, y, skip, count):  # type: ignore[no-untyped-def]
    chosen = first(count)
    store(tag, y, skip, chosen, load(tag, x, skip, chosen))


@pytest.mark.parametrize("dtype", TYPES)
def test_only_the_chosen_are_read_and_written(dtype: torch.dtype) -> None:
    x, y = torch.arange(20.0).to(dtype), torch.full((20,), -1.0).to(dtype)

    copy(TAGS[dtype][0], x.data_ptr(), y.data_ptr(), 2, 3)

    assert y.tolist() == [-1.0, -1.0, 2.0, 3.0, 4.0, *[-1.0] * 15]


@numba.njit
def times_third(tag, x, y):  # type: ignore[no-untyped-def]
    chosen = first(COUNT)
    factor = number(tag, x, 2)
    store(tag, y, 0, chosen, load(tag, x, 0, chosen) * factor)


def test_bfloat16_is_rounded_to_the_nearest_and_ties_to_even() -> None:
    x = torch.tensor([1.0, 1.0078125, 3.0, -1.0078125] + [257.0] * 12).bfloat16()
    y = torch.empty_like(x)

    times_third(TAGS[x.dtype][0], x.data_ptr(), y.data_ptr())

    assert y.tolist() == (x.float() * 3.0).bfloat16().tolist()


@numba.njit
def sum_of(scratch):  # type: ignore[no-untyped-def]
    put(scratch, 1, get(scratch, 0) - 1.0)
    return total(get(scratch, 1)), total(-get(scratch, 0))


def test_lanes_are_summed() -> None:
    scratch = np.zeros(2 * COUNT, np.float32)
    scratch[:COUNT] = np.arange(COUNT)

    assert sum_of(scratch) == (120.0 - 16.0, -120.0)
