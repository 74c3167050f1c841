"""The causal convolution on a CPU: torch's side of the Numba kernels."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from decision_mamba.ops.causal_convolution import cpu_kernels
from decision_mamba.ops.kernels import Tasks, total


def causal_convolution(
    x: Float[Tensor, "b l e"],
    weight: Float[Tensor, "e w"],
    bias: Float[Tensor, " e"] | None = None,
    state: Float[Tensor, "b w-1 e"] | None = None,
    silu: bool = False,
) -> tuple[Float[Tensor, "b l e"], Float[Tensor, "b w-1 e"]]:
    """Does what the reference does, in float32 or float64, without padding or transposing x.

    Same inputs give the same bits, whatever the number of threads.
    """
    bias = x.new_empty(0) if bias is None else bias
    start = x.new_empty(0, 0, 0) if state is None else state
    parts = (x, weight.T, bias, start)
    if torch.is_grad_enabled() and any(part.requires_grad for part in parts):
        y, end = _Convolution.apply(*parts)  # type: ignore[no-untyped-call]
    else:
        y, end = _forward(parts)
    return F.silu(y) if silu else y, end


class _Convolution(torch.autograd.Function):
    """The convolution with the taps as the kernels keep them: w e."""

    @staticmethod
    def forward(ctx: Any, *parts: Tensor) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*parts)
        return _forward(parts)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dend: Tensor | None) -> tuple[Tensor | None, ...]:
        x, weight, _, start = ctx.saved_tensors
        dy = torch.zeros_like(x) if dy is None else dy
        dend = x.new_empty(0, 0, 0) if dend is None else dend
        dx, dweight, dbias, dstart = _backward(x, weight, start, dy, dend)
        _, _, has_bias, has_state = ctx.needs_input_grad
        return dx, dweight, dbias if has_bias else None, dstart if has_state else None


def _forward(parts: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
    x, weight = parts[:2]
    batch, _, inner = x.shape
    y, end = x.new_empty(x.shape), x.new_empty(batch, weight.shape[0] - 1, inner)
    tasks = Tasks(batch, inner)
    tasks.run(cpu_kernels.forward, x.numel(), *parts, y, end)
    return y, end


def _backward(
    x: Tensor, weight: Tensor, start: Tensor, dy: Tensor, dend: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    batch, _, inner = x.shape
    taps = weight.shape[0]
    tasks = Tasks(batch, inner)
    dx, dstart = x.new_empty(x.shape), x.new_empty(batch, taps - 1, inner)
    dweight, dbias = x.new_empty(tasks.groups, taps, inner), x.new_empty(tasks.groups, inner)
    results = (dx, dweight, dbias, dstart)
    tasks.run(cpu_kernels.backward, x.numel(), x, weight, start, dy, dend, *results)
    return dx, total(dweight), total(dbias), dstart
