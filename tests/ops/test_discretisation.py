"""One mode, discretised by hand."""

import math

import torch

from decision_mamba.ops.discretisation import bilinear, zero_order_hold

DELTA = torch.tensor([0.5])
A, B = torch.tensor([[-2.0 + 0j]]), torch.tensor([[3.0 + 0j]])


def test_bilinear_by_hand() -> None:
    decay, entry = bilinear(DELTA, A, B)

    # (4 - 2) / (4 + 2) and 2 · 3 / (4 + 2)
    torch.testing.assert_close(decay, torch.tensor([[1 / 3 + 0j]]))
    torch.testing.assert_close(entry, torch.tensor([[1.0 + 0j]]))


def test_zero_order_hold_by_hand() -> None:
    decay, entry = zero_order_hold(DELTA, A, B)

    torch.testing.assert_close(decay, torch.tensor([[math.exp(-1) + 0j]]))
    torch.testing.assert_close(entry, torch.tensor([[1.5 * (1 - math.exp(-1)) + 0j]]))


def test_both_are_one_where_steps_are_small() -> None:
    small = torch.tensor([1e-3])
    turning = torch.tensor([[-0.5 + 3j]])

    for one, other in zip(
        bilinear(small, turning, B), zero_order_hold(small, turning, B), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-5)
