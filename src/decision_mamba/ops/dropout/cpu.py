"""Dropout on a CPU: torch's side of the Numba kernel."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from decision_mamba.ops.dropout import cpu_kernels, reference
from decision_mamba.ops.kernels import share_out

# Numba knows no bfloat16: its kernel gets the bits.
_SEEN_AS = {
    torch.float32: torch.float32,
    torch.float64: torch.float64,
    torch.bfloat16: torch.uint16,
}


def dropout(x: Float[Tensor, "*shape"], p: float, seed: int) -> Float[Tensor, "*shape"]:
    """Does what the reference does, bit for bit, whatever the number of threads.

    Nothing but the seed is kept for the backward pass, which is the same operation.
    """
    if x.dtype not in _SEEN_AS:
        return reference.dropout(x, p, seed)
    if torch.is_grad_enabled() and x.requires_grad:
        dropped: Tensor = _Dropout.apply(x, p, seed)  # type: ignore[no-untyped-call]
        return dropped
    return _drop(x, p, seed)


class _Dropout(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, p: float, seed: int) -> Tensor:
        ctx.p, ctx.seed = p, seed
        return _drop(x, p, seed)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, None, None]:
        return dropout(dy, ctx.p, ctx.seed), None, None


def _drop(x: Tensor, p: float, seed: int) -> Tensor:
    y = x.new_empty(x.shape)
    seen_as = _SEEN_AS[x.dtype]
    arrays = [part.detach().contiguous().view(-1).view(seen_as).numpy() for part in (x, y)]
    scale = (np.float64 if x.dtype == torch.float64 else np.float32)(1 / (1 - p))
    share_out(
        cpu_kernels.drop,
        tasks=-(-x.numel() // cpu_kernels.TASK),
        cost=x.numel(),
        arguments=(np.uint64(seed % 2**64), np.uint32(reference.limit(p)), scale, *arrays),
    )
    return y
