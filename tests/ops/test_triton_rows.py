"""Rows are read where they lie, and copied only if they must be."""

import torch
import triton.language as tl

from decision_mamba.ops.triton_rows import rows_of, wide_type


def test_a_slice_of_wider_rows_is_not_copied() -> None:
    tokens = torch.zeros(2, 3, 10)[..., 4:7]

    found = rows_of(tokens)

    assert found is not None
    assert found[0].data_ptr() == tokens.data_ptr()
    assert found[1:] == (30, 10)


def test_numbers_that_lie_apart_are_brought_together() -> None:
    tokens = torch.arange(12.0).view(2, 2, 3).mT

    found = rows_of(tokens)

    assert found is not None
    assert torch.equal(found[0], tokens)
    assert found[0].stride(2) == 1
    assert found[1:] == (6, 2)


def test_nothing_has_no_rows() -> None:
    assert rows_of(None) is None


def test_halves_are_computed_in_float32_and_doubles_as_doubles() -> None:
    half, double = torch.zeros(1, dtype=torch.bfloat16), torch.zeros(1, dtype=torch.float64)

    assert wide_type(half, None) == (torch.float32, tl.float32)
    assert wide_type(half, double) == (torch.float64, tl.float64)
