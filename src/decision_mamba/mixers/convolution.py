"""Short convolutions that take turns from token to token, the mixer of Decision ConvFormer."""

import dataclasses
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from decision_mamba.errors import BadInput
from decision_mamba.mixers.mixer import EVERY, Mixer, State
from decision_mamba.ops.dropout import dropout
from decision_mamba.shapes import Tokens, WantedTokens

_DROPPED = 0.1  # of what is projected: `Convolution` of the official Atari code


@dataclasses.dataclass(frozen=True)
class Convolution:
    """Settings of a convolution mixer; the defaults are Decision ConvFormer's.

    Attributes:
        taps: tokens that one output sees, the present token included.
        modalities: sets of taps, one for each token of a step: 3 for return, state and action, 2
            where there are no action tokens. With 1 all tokens share theirs.
        projected: whether a linear map mixes channels above the taps, as Decision ConvFormer does
            in some Atari games (`conv_proj` of its code).
    """

    taps: int = 6
    modalities: int = 3
    projected: bool = False

    def build(self, width: int) -> Mixer:
        for name in ("taps", "modalities"):
            if getattr(self, name) < 1:
                raise BadInput(
                    f"{name} of the convolution mixer is {getattr(self, name)}; expected at least 1"
                )
        return ConvolutionMixer(width, self)


class ConvolutionMixer(Mixer):
    """Sums the last few tokens, each channel with taps that depend on what the present token is.

    Every sequence begins with the first modality, and they follow each other in order. The state
    is the last taps - 1 tokens, (b, w-1, d), and zeros with one column for each token of the step
    that has begun: whose turn it is can be told from a shape, and no device is waited for.

    The published code convolves all tokens with every set and throws all but its own outputs
    away; here those are never computed. As there, taps begin as torch's convolutions do, and
    nothing is dropped but of what is projected.

    Source: Kim et al. 2024, "Decision ConvFormer", arXiv:2310.03022, official Gym and Atari code.
    """

    state_parts = 2
    projections = ("fc",)

    def __init__(self, width: int, settings: Convolution) -> None:
        super().__init__()
        self.taps = settings.taps
        self.filters = nn.ModuleList(
            nn.Conv1d(width, width, settings.taps, groups=width) for _ in range(settings.modalities)
        )
        self.fc = _projection(width) if settings.projected else None

    def forward(
        self, x: Tokens, state: State | None = None, wanted: slice = EVERY
    ) -> tuple[WantedTokens, State]:
        batch, length, width = x.shape
        if state is None:
            state = x.new_zeros(batch, self.taps - 1, width), x.new_zeros(batch, 0)
        before, begun = state
        past = torch.cat([before, x], dim=1)  # b w-1+l d
        weight, y = self._of_tokens(begun.shape[1], length, wanted)
        for k in range(self.taps):
            y = torch.addcmul(y, past[:, k : k + length][:, wanted], weight[k])
        begun = x.new_zeros(batch, (begun.shape[1] + length) % len(self.filters))
        y = y.to(x.dtype)
        if self.fc is not None:
            y = dropout(self.fc(y), _DROPPED, self.training)
        return y, (past[:, length:], begun)

    def weights(self, length: int, wanted: slice = EVERY) -> Float[Tensor, "d _ l"]:
        """How much each wanted token of a whole sequence takes from each of its l tokens.

        A mixed token is the sum of all tokens by these weights, and the bias, before it is
        projected.
        """
        weight, _ = self._of_tokens(0, length, wanted)  # w l' d
        first = torch.arange(length, device=weight.device)[wanted]
        rows = torch.arange(len(first), device=weight.device)
        matrix = weight.new_zeros(weight.shape[2], len(first), self.taps - 1 + length)
        for k in range(self.taps):
            matrix[:, rows, first + k] = weight[k].T
        return matrix[:, :, self.taps - 1 :]

    def _of_tokens(self, first: int, length: int, wanted: slice) -> tuple[Tensor, Tensor]:
        """The taps, w l d, and biases, l d, of the wanted tokens; `first` is whose turn it is."""
        filters: list[Any] = list(self.filters)
        turns = filters[first:] + filters[:first]
        weight = torch.cat([turn.weight for turn in turns], dim=1).permute(2, 1, 0)  # w turns d
        bias = torch.stack([turn.bias for turn in turns])
        rounds = -(-length // len(turns))
        weight = weight.repeat(1, rounds, 1)[:, :length][:, wanted]
        return weight, bias.repeat(rounds, 1)[:length][wanted]


def _projection(width: int) -> nn.Linear:
    linear = nn.Linear(width, width)
    nn.init.normal_(linear.weight, std=0.02)  # minGPT's, which the published code keeps
    nn.init.zeros_(linear.bias)
    return linear
