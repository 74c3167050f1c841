"""The diagonal scan, by hand."""

import torch

from decision_mamba.ops.diagonal_scan.reference import diagonal_scan

A, B, C = torch.tensor([[0.5j]]), torch.tensor([[1.0 + 0j]]), torch.tensor([[1 - 1j]])


def test_two_steps_by_hand() -> None:
    u = torch.tensor([[[2.0], [3.0]]])

    y, h = diagonal_scan(u, A, B, C)

    # h_1 = 2, h_2 = 0.5i · 2 + 3; 2 Re((1 - i) h)
    torch.testing.assert_close(y, torch.tensor([[[4.0], [8.0]]]))
    torch.testing.assert_close(h, torch.tensor([[[3 + 1j]]]))


def test_a_state_fades_before_the_first_input() -> None:
    y, h = diagonal_scan(torch.zeros(1, 1, 1), A, B, C, torch.tensor([[[2.0 + 0j]]]))

    torch.testing.assert_close(h, torch.tensor([[[1j]]]))
    torch.testing.assert_close(y, torch.tensor([[[2.0]]]))
