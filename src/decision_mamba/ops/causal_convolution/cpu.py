"""The causal convolution on a CPU: torch's side of the Numba kernels."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from decision_mamba.ops.causal_convolution import cpu_kernels
from decision_mamba.ops.kernels import TAGS, Tasks, dense, place, readable, total


def causal_convolution(
    x: Float[Tensor, "b l e"],
    weight: Float[Tensor, "e w"],
    bias: Float[Tensor, " e"] | None = None,
    state: Float[Tensor, "b w-1 e"] | None = None,
    silu: bool = False,
) -> tuple[Float[Tensor, "b l e"], Float[Tensor, "b w-1 e"]]:
    """Does what the reference does, in float32 or float64, without padding or transposing x.

    Tokens of bfloat16 are read and written as such and computed with in float32. Same inputs give
    the same bits, whatever the number of threads.
    """
    (tokens,), others = readable((x,), (weight.T, bias, state))
    parts = (tokens, *others)
    needed = any(part is not None and part.requires_grad for part in parts)
    if needed and torch.is_grad_enabled():
        y, end = _Convolution.apply(silu, *parts)  # type: ignore[no-untyped-call]
    else:
        y, end = _forward(silu, parts)
    return y.to(x.dtype), end


class _Convolution(torch.autograd.Function):
    """The convolution with the taps as the kernels keep them: w e."""

    @staticmethod
    def forward(ctx: Any, silu: bool, *parts: Tensor | None) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*parts)
        ctx.silu = silu
        return _forward(silu, parts)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dend: Tensor | None) -> tuple[Tensor | None, ...]:
        parts = ctx.saved_tensors
        dy = torch.zeros_like(parts[0]) if dy is None else dense(dy)
        grads = _backward(ctx.silu, parts, dy, None if dend is None else dense(dend))
        pairs = zip(grads, ctx.needs_input_grad[1:], strict=True)
        return None, *(grad if needed else None for grad, needed in pairs)


def _forward(silu: bool, parts: Sequence[Any]) -> tuple[Tensor, Tensor]:
    x, weight, bias, start = parts
    batch, length, inner = x.shape
    taps = weight.shape[0]
    y, end = x.new_empty(x.shape), weight.new_empty(batch, taps - 1, inner)
    tasks = Tasks(batch, inner)
    tasks.run(
        cpu_kernels.forward, x.numel(), *TAGS[x.dtype],
        (batch, length, inner, taps, tasks.groups, tasks.width, silu),
        place(x, 3), place(weight, 2), place(bias, 1), place(start, 3), place(y, 3), place(end, 3),
    )  # fmt: skip
    return y, end


def _backward(
    silu: bool, parts: Sequence[Any], dy: Tensor, dend: Tensor | None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Finds the gradients of all parts, in their order."""
    x, weight, bias, start = parts
    batch, length, inner = x.shape
    taps = weight.shape[0]
    tasks = Tasks(batch, inner)
    dx, dstart = x.new_empty(x.shape), weight.new_empty(batch, taps - 1, inner)
    dweight, dbias = (weight.new_empty(tasks.groups, *shape) for shape in ((taps, inner), (inner,)))
    tasks.run(
        cpu_kernels.backward, x.numel(), *TAGS[x.dtype],
        (batch, length, inner, taps, tasks.groups, tasks.width, silu),
        place(x, 3), place(weight, 2), place(bias, 1), place(start, 3),
        place(dy, 3), place(dend, 3),
        place(dx, 3), place(dweight, 3), place(dbias, 2), place(dstart, 3),
    )  # fmt: skip
    return dx, total(dweight), total(dbias), dstart
