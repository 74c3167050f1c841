"""Which part of the work a task is."""

import torch

from decision_mamba.ops.causal_convolution import cpu_kernels
from decision_mamba.ops.kernels import TAGS, place


def test_a_task_fills_its_block_of_its_group() -> None:
    x, weight = torch.ones(4, 3, 40), torch.ones(2, 40)
    y, end = torch.full((4, 3, 40), torch.nan), torch.full((4, 1, 40), torch.nan)
    places = [place(x, 3), place(weight, 2), place(None, 1), place(None, 3)]

    # Two groups of two sequences, blocks of 0-15, 16-31 and 32-39: task 5 is group 1, 32-39.
    sizes = (4, 3, 40, 2, 2, 16, False)
    cpu_kernels.forward(5, 6, *TAGS[x.dtype], sizes, *places, place(y, 3), place(end, 3))

    assert y[2:, :, 32:].tolist() == [[[1.0] * 8, [2.0] * 8, [2.0] * 8]] * 2
    assert int(y.isnan().sum()) == y.numel() - 2 * 3 * 8
    assert int(end.isnan().sum()) == end.numel() - 2 * 8
