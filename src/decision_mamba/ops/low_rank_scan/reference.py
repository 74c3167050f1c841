"""The low-rank scan, one step after another; also the fastest way to take a few steps."""

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from decision_mamba.ops.low_rank_scan.feedback import Feedback
from decision_mamba.ops.modes import heard


def low_rank_scan(
    u: Float[Tensor, "b l e"],
    system: Feedback,
    C: Complex[Tensor, "e n"],
    state: Complex[Tensor, "b e n"] | None = None,
) -> tuple[Float[Tensor, "b l e"], Complex[Tensor, "b e n"]]:
    """Runs the recurrence of `feedback.py` and reads y_t = 2 Re(C · h_t).

    q_t stands on both sides of its equation; solved for it, it is what P* would sense were
    nothing fed back, over 1 + P* return.

    Returns:
        y, and h after the last token.
    """
    h = C.new_zeros(u.shape[0], *C.shape) if state is None else state
    resistance = 1 + heard(system.sensed, system.returned[None])  # 1 e
    ys = []
    for u_t in u.unbind(1):
        free = system.decay * h + system.entry * u_t[..., None]
        q = heard(system.sensed, free + h) / resistance
        h = free - system.returned * q[..., None]
        ys.append(heard(C, h))
    return torch.stack(ys, dim=1), h
