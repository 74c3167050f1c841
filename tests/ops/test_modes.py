"""Complex modes over a few tokens, by hand."""

import torch

from decision_mamba.ops.modes import gathered, heard, powers, response

HALF_TURN = torch.tensor([[0.5j, 2.0 + 0j]])  # two modes of one channel


def test_powers_begin_with_one() -> None:
    expected = torch.tensor([[[1, 1], [0.5j, 2], [-0.25, 4], [-0.125j, 8], [0.0625, 16]]])

    torch.testing.assert_close(powers(HALF_TURN, 5), expected.to(torch.complex64))


def test_a_mode_counts_twice_its_real_part() -> None:
    weights = torch.tensor([[[1j, 0j], [0j, 3.0 + 1j]]])

    # 2 Re(i · 1, i · 0.5i, i · -0.25) and 2 · 3 · (1, 2, 4)
    expected = torch.tensor([[[0.0, -1.0, 0.0], [6.0, 12.0, 24.0]]])
    torch.testing.assert_close(response(weights, powers(HALF_TURN, 3)), expected)


def test_the_last_input_has_not_faded() -> None:
    u = torch.tensor([[[1.0, 10.0]]])

    h = gathered(u, powers(HALF_TURN, 2))

    torch.testing.assert_close(h, torch.tensor([[[10 + 0.5j, 12.0 + 0j]]]))


def test_what_is_heard_of_a_state_is_real() -> None:
    h = torch.tensor([[[1 + 1j, 2.0 + 0j]]])

    # 2 Re(i (1 + i) + 3 · 2)
    torch.testing.assert_close(heard(torch.tensor([[1j, 3.0 + 0j]]), h), torch.tensor([[10.0]]))
