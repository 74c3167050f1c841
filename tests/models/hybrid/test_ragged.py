"""Sequences of unequal length go on side by side as each would alone."""

import pytest
import torch

from decision_mamba.mixers import MixerSettings
from decision_mamba.models.blocks import Block
from decision_mamba.models.hybrid.ragged import begin, extend, together
from decision_mamba.models.hybrid.stack import Stack
from decision_mamba.seeding import Seeds

LENGTHS = [2, 5, 2, 9]


@pytest.fixture
def stack(mixer: MixerSettings) -> Stack:
    with Seeds(0).weights():
        block = Block(
            8, mixer, mixer_norm="layer", channel_mixing=False, activation="gelu", dropout=0.0
        )
        return Stack(8, [block], "layer").eval()


def test_each_goes_on_as_it_would_alone(stack: Stack) -> None:
    generator = torch.Generator().manual_seed(1)
    sequences = [torch.randn(1, length + 3, 8, generator=generator) for length in LENGTHS]
    begun = [begin(stack, x[:, :-3])[1] for x in sequences]
    side_by_side = together(list(torch.eye(4, dtype=torch.bool)), begun)

    _, after = extend(stack, torch.cat([x[:, -3:-1] for x in sequences]), side_by_side)
    last, _ = extend(stack, torch.cat([x[:, -1:] for x in sequences]), after)

    alone = torch.cat([stack(x)[0][:, -1] for x in sequences])
    torch.testing.assert_close(last, alone)


def test_the_shorter_may_stay_when_the_longest_leaves(stack: Stack) -> None:
    x = torch.randn(2, 6, 8, generator=torch.Generator().manual_seed(1))
    short, long = begin(stack, x[:1, :2])[1], begin(stack, x[1:, :5])[1]
    first = torch.tensor([True, False])
    both = together([first, ~first], [short, long])

    mixed, after = extend(stack, x[:1, 2:3], both.rows(first))

    torch.testing.assert_close(mixed, stack(x[:1, :3])[0][:, -1])
    assert [part.shape for part in after.parts] == [part.shape for part in stack(x[:1, :3])[1]]
