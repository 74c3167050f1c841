"""Dropout whose mask follows from one number, drawn once per call."""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from decision_mamba.errors import BadInput
from decision_mamba.ops.backends import backend_for
from decision_mamba.ops.dropout import reference

__all__ = ["Dropout", "dropout"]


def dropout(x: Float[Tensor, "*shape"], p: float, training: bool = True) -> Float[Tensor, "*shape"]:
    """Sets each number to zero with probability p and divides the others by 1 - p.

    In training one seed is drawn from torch's default generator, whatever the size of x, and the
    mask is a hash of it and of each number's place, as `reference.py` means it: torch's own
    dropout draws number after number on one thread, which took a sixth of a training step. On
    devices other than the CPU, and where torch.compile traces, it is torch's own.

    Args:
        x: input.
        p: at least 0 and less than 1.
        training: whether anything happens at all.

    Raises:
        BadInput: p is no such share.
    """
    _refuse_what_is_no_share(p)
    if not training or p == 0:
        return x
    match backend_for(x.device):
        case "cpu":
            return _on_cpu(x, p)
        case "reference":
            return reference.dropout(x, p, reference.draw_seed())
        case _:
            return F.dropout(x, p)


class Dropout(nn.Module):
    """Drops while training and lets everything pass otherwise, as torch.nn.Dropout does."""

    def __init__(self, p: float) -> None:
        super().__init__()
        _refuse_what_is_no_share(p)
        self.p = p

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        dropped: Tensor = dropout(x, self.p, self.training)
        return dropped


def _refuse_what_is_no_share(p: float) -> None:
    if not 0 <= p < 1:
        raise BadInput(f"the share to drop is {p}; expected at least 0 and less than 1")


def _on_cpu(x: Tensor, p: float) -> Tensor:
    # Numba takes half a second to import, which nobody should pay before the first call.
    from decision_mamba.ops.dropout import cpu

    dropped: Tensor = cpu.dropout(x, p, reference.draw_seed())
    return dropped
