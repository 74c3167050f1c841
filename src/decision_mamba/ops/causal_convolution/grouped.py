"""The causal convolution as torch's own, with one group per channel, on any device."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F


def causal_convolution(
    x: Float[Tensor, "b l e"],
    weight: Float[Tensor, "e w"],
    bias: Float[Tensor, " e"] | None = None,
    state: Float[Tensor, "b w-1 e"] | None = None,
    silu: bool = False,
) -> tuple[Float[Tensor, "b l e"], Float[Tensor, "b w-1 e"]]:
    """Does what the reference does."""
    batch, length, inner = x.shape
    taps = weight.shape[1]
    if state is None:
        state = x.new_zeros(batch, taps - 1, inner)
    past = torch.cat([state, x], dim=1)  # b w-1+l e
    # Autocast would hand a convolution half-precision numbers; an op decides on its own.
    with torch.autocast(x.device.type, enabled=False):
        y = F.conv1d(past.transpose(1, 2), weight[:, None], bias, groups=inner)
    y = y.transpose(1, 2)
    return F.silu(y) if silu else y, past[:, length:]
