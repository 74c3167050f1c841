"""One mode with feedback, discretised by hand."""

import torch

from decision_mamba.ops.low_rank_scan.feedback import discretised


def test_it_is_the_bilinear_rule_with_a_second_input() -> None:
    delta = torch.tensor([0.5])
    A, P, B = torch.tensor([[-2.0 + 0j]]), torch.tensor([[6 + 6j]]), torch.tensor([[3.0 + 0j]])

    system = discretised(delta, A, P, B)

    torch.testing.assert_close(system.decay, torch.tensor([[1 / 3 + 0j]]))
    torch.testing.assert_close(system.entry, torch.tensor([[1.0 + 0j]]))
    torch.testing.assert_close(system.returned, torch.tensor([[1 + 1j]]))
    torch.testing.assert_close(system.sensed, torch.tensor([[6 - 6j]]))
