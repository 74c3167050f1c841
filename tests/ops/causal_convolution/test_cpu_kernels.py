"""A task writes to its own sequences and channels, and nowhere else."""

import numpy as np

from decision_mamba.ops.causal_convolution import cpu_kernels

NOTHING = np.empty((0, 0, 0))


def test_a_task_fills_its_block_of_its_group() -> None:
    x, weight, bias = np.ones((4, 3, 5)), np.ones((2, 5)), np.zeros(5)
    y, end = np.full((4, 3, 5), np.nan), np.full((4, 1, 5), np.nan)

    # Two groups of two sequences, blocks of 0-1, 2-3 and 4: task 4 is group 1, channels 2 and 3.
    cpu_kernels.forward(4, 5, 2, 2, x, weight, bias, NOTHING, y, end)

    assert y[2:, :, 2:4].tolist() == [[[1, 1], [2, 2], [2, 2]]] * 2
    assert end[2:, :, 2:4].tolist() == [[[1, 1]]] * 2
    assert np.isfinite(y).sum() == 12
    assert np.isfinite(end).sum() == 4
