"""The diagonal scan, one step after another; also the fastest way to take a few steps."""

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from decision_mamba.ops.modes import heard


def diagonal_scan(
    u: Float[Tensor, "b l e"],
    A: Complex[Tensor, "e n"],
    B: Complex[Tensor, "e n"],
    C: Complex[Tensor, "e n"],
    state: Complex[Tensor, "b e n"] | None = None,
) -> tuple[Float[Tensor, "b l e"], Complex[Tensor, "b e n"]]:
    """Runs the recurrence

        h_t = A ⊙ h_{t-1} + B u_t
        y_t = 2 Re(C · h_t)

    Returns:
        y, and h after the last token.
    """
    h = A.new_zeros(u.shape[0], *A.shape) if state is None else state
    ys = []
    for u_t in u.unbind(1):
        h = A * h + B * u_t[..., None]
        ys.append(heard(C, h))
    return torch.stack(ys, dim=1), h
