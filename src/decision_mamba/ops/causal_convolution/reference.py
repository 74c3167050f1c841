"""The causal convolution as a sum over its taps; the other backends are checked against it."""

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
    """Sums the present token and the w - 1 before it,

        y_t = bias + Σ_k weight[:, k] ⊙ x_{t-w+1+k}

    Args:
        x: input.
        weight: the taps in the order of time; the last one meets the present token, as in
            torch.nn.Conv1d with its input padded on the left.
        bias: added to every token; none if None.
        state: the w - 1 tokens before the first; zeros if None.
        silu: whether silu(y) takes the place of y.

    Returns:
        y, and the last w - 1 tokens: the state for the tokens that follow.
    """
    batch, length, inner = x.shape
    taps = weight.shape[1]
    if state is None:
        state = x.new_zeros(batch, taps - 1, inner)
    past = torch.cat([state, x], dim=1)  # b w-1+l e
    y = past[:, taps - 1 :] * weight[:, -1]
    for k in range(taps - 1):
        y = y + past[:, k : k + length] * weight[:, k]
    y = y if bias is None else y + bias
    return F.silu(y) if silu else y, past[:, length:]
