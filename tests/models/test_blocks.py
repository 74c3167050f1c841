"""A block adds what its mixer and its channels make of the normed tokens."""

import pytest
import torch

from decision_mamba.mixers import Attention, MixerSettings
from decision_mamba.models.blocks import Activation, Block


def block(mixer: MixerSettings, *, channel_mixing: bool) -> Block:
    torch.manual_seed(0)
    return Block(
        8,
        mixer,
        mixer_norm="layer",
        channel_mixing=channel_mixing,
        activation="relu",
        dropout=0.1,
    ).eval()


def test_it_is_the_formula(mixer: MixerSettings) -> None:
    layer = block(mixer, channel_mixing=True)
    x = torch.randn(2, 5, 8)
    assert layer.channel_norm is not None
    assert layer.channels is not None

    y, _ = layer(x)

    u = x + layer.mixer(layer.norm(x))[0]
    wide = torch.relu(layer.channels[0](layer.channel_norm(u)))
    torch.testing.assert_close(y, u + layer.channels[2](wide))


def test_without_channel_mixing_the_mixer_is_all(mixer: MixerSettings) -> None:
    layer = block(mixer, channel_mixing=False)
    x = torch.randn(2, 5, 8)

    torch.testing.assert_close(layer(x)[0], x + layer.mixer(layer.norm(x))[0])


@pytest.mark.parametrize("activation", ["gelu", "relu"])
def test_gradients_of_the_channels_are_the_slopes(activation: Activation) -> None:
    torch.manual_seed(0)
    layer = Block(
        4,
        Attention(dropout=0.0),
        mixer_norm="layer",
        channel_mixing=True,
        activation=activation,
        dropout=0.0,
    ).double()
    x = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(lambda x: layer(x)[0], (x,))
