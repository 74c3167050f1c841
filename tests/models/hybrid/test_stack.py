"""Blocks one above the other mix as one mixer does."""

import pytest
import torch

from decision_mamba.mixers import MixerSettings
from decision_mamba.models.blocks import Block
from decision_mamba.models.hybrid.stack import Stack
from decision_mamba.seeding import Seeds


@pytest.fixture
def stack(mixer: MixerSettings) -> Stack:
    with Seeds(0).weights():
        blocks = [
            Block(8, mixer, mixer_norm="rms", channel_mixing=False, activation="gelu", dropout=0.0)
            for _ in range(2)
        ]
        return Stack(8, blocks, "layer").eval()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_pieces_in_a_row_equal_the_whole(stack: Stack, rows: int, size: int) -> None:
    x = torch.randn(rows, 12, 8, generator=torch.Generator().manual_seed(1))
    state, pieces = None, []

    with torch.inference_mode():  # in which a few tokens of one row have a kernel of their own
        for piece in torch.split(x, size, dim=1):
            mixed, state = stack(piece, state)
            pieces.append(mixed)
        torch.testing.assert_close(torch.cat(pieces, dim=1), stack(x)[0])

    assert state is not None
    assert len(state) == stack.state_parts


def test_an_exchanged_block_is_the_one_that_mixes(stack: Stack) -> None:
    x = torch.randn(1, 1, 8, generator=torch.Generator().manual_seed(1))
    stack.blocks[0] = stack.blocks[1]

    with torch.inference_mode():
        mixed, _ = stack(x)
        twice, _ = stack.blocks[1](stack.blocks[1](x)[0])
        torch.testing.assert_close(mixed, stack.norm(twice))
