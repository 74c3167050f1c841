"""The reference scan against sums done by hand."""

import math

import torch

from decision_mamba.ops.selective_scan.reference import selective_scan


def test_two_steps_by_hand() -> None:
    u, delta = torch.tensor([[[3.0], [5.0]]]), torch.tensor([[[1.0], [2.0]]])
    A, D = torch.tensor([[-math.log(2.0)]]), torch.tensor([10.0])
    B, C = torch.tensor([[[1.0], [2.0]]]), torch.tensor([[[1.0], [-1.0]]])
    state = torch.tensor([[[8.0]]])

    y, last_state = selective_scan(u, delta, A, B, C, D, state)

    # h_1 = 8 / 2 + 3 * 1, h_2 = h_1 / 4 + 2 * 5 * 2
    torch.testing.assert_close(y, torch.tensor([[[7.0 + 30.0], [-21.75 + 50.0]]]))
    torch.testing.assert_close(last_state, torch.tensor([[[21.75]]]))


def test_no_state_is_a_state_of_zeros() -> None:
    u, one = torch.ones(1, 2, 1), torch.ones(1, 2, 1)
    A, D = -torch.ones(1, 1), torch.zeros(1)

    without, _ = selective_scan(u, one, A, one, one, D)
    with_zeros, _ = selective_scan(u, one, A, one, one, D, torch.zeros(1, 1, 1))

    assert torch.equal(without, with_zeros)
