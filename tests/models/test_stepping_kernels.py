"""The kernel of a block stays inside the memory that it was given."""

import numpy as np
import pytest
import torch

from decision_mamba.mixers import Selective
from decision_mamba.models import stepping_kernels
from decision_mamba.models.blocks import Block
from decision_mamba.models.stepping import SteppingBlock

GUARD = 64  # numbers


@pytest.mark.parametrize("state", [1, 16, 17])
@pytest.mark.parametrize("taps", [1, 4, 90])
@pytest.mark.parametrize("channel_mixing", [True, False])
def test_nothing_is_written_beyond_the_scratch_numbers(
    state: int, taps: int, channel_mixing: bool
) -> None:
    block = Block(
        6, Selective(state=state, taps=taps), mixer_norm="layer", channel_mixing=channel_mixing,
        activation="relu", dropout=0.0,
    ).eval()  # fmt: skip
    stepping = SteppingBlock(block)
    x, y = torch.randn(1, 3, 6), torch.full((3 * 6 + GUARD,), 7.0)
    past, h = (torch.full((size + GUARD,), 7.0) for size in ((taps - 1) * 12, state * 12))
    numbers = stepping.scratch_numbers(3)
    scratch = torch.full((numbers + GUARD,), 7.0)
    weights = stepping.addresses()
    assert weights is not None

    stepping_kernels.step(
        np.float32(0), (3, 0, *stepping.sizes), weights, x.data_ptr(), (0, 0),
        (past.data_ptr(), h.data_ptr()), y.data_ptr(), scratch.data_ptr(),
    )  # fmt: skip

    for part in (past, h, y, scratch):
        assert part[-GUARD:].tolist() == [7.0] * GUARD
    assert not (y[:-GUARD] == 7.0).any()
