"""What a policy sees on a screen, as one row of numbers per stack of frames."""

from collections.abc import Iterator

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from decision_mamba.errors import BadInput
from decision_mamba.spaces import Image

_LAYERS = ((32, 8, 4), (64, 4, 2), (64, 3, 1))  # channels, side and stride of each convolution
_GROUP = 256
SMALLEST = 36  # pixels of a side, of which the last convolution leaves one


class NatureEncoder(nn.Module):
    """Encodes stacks of frames: three convolutions with ReLU behind each, then a linear map.

    Each stack is encoded on its own, whatever else is seen before or after it. What bends the
    numbers that come out is `Model.embedding_bend`, "tanh" in all published Atari policies.
    Weights have torch's default initialisation and, in `layers`, the reference's numbers.

    Source: Mnih et al. 2015, as carried over by Chen et al. 2021, arXiv:2106.01345, official Atari
    code (`state_encoder`).
    """

    def __init__(self, seen: Image, size: int) -> None:
        """Makes the weights for stacks of such frames and rows of `size` numbers."""
        super().__init__()
        if min(seen.height, seen.width) < SMALLEST:
            raise BadInput(
                f"frames of {seen.height} x {seen.width} are too small to be encoded; expected at "
                f"least {SMALLEST} x {SMALLEST}"
            )
        self.layers = nn.Sequential()
        channels, height, width = seen.stack, seen.height, seen.width
        for filters, side, stride in _LAYERS:
            convolution = nn.Conv2d(channels, filters, side, stride)
            self.layers.extend([convolution, nn.ReLU(inplace=True)])
            channels = filters
            height, width = (height - side) // stride + 1, (width - side) // stride + 1
        self.layers.extend([nn.Flatten(), nn.Linear(channels * height * width, size)])

    def forward(
        self, stacks: Float[Tensor, "*steps stack height width"]
    ) -> Float[Tensor, "*steps size"]:
        """Encodes each stack, whose pixels lie between 0 and 1."""
        rows: Tensor = self.layers(stacks.flatten(0, -4))
        return rows.view(*stacks.shape[:-3], -1)


def in_groups(
    stacks: UInt8[Tensor, "b t stack height width"],
) -> Iterator[UInt8[Tensor, "_ 1 stack height width"]]:
    """All stacks, row after row of the batch, as they are encoded fastest.

    On a CPU in groups whose inner numbers stay in its caches, and with what a stack holds of one
    pixel side by side in memory: encoded and learned from in half the time. Bytes are laid out,
    because numbers four times their size would be held twice meanwhile.
    """
    rows = stacks.flatten(0, 1)
    size = _GROUP if stacks.device.type == "cpu" else max(len(rows), 1)
    for group in torch.split(rows, size):
        yield group.contiguous(memory_format=torch.channels_last)[:, None]
