"""The causal convolution on an NVIDIA card: torch's side of the Triton kernels.

Memory is the limit: a token's channel costs 4 bytes forward and 6 backward in bfloat16, and a
handful of multiplications. A program of 4 warps takes 16 tokens of 128 channels, so that at b=64,
l=60, e=256 there are 512 programs for 132 multiprocessors, and at b=1, l=8,192 1,026. The sums over
tokens (dweight, dbias) are one part per program, added up in one order: same inputs give the same
bits. Nothing waits for the card, so a captured graph may hold it all.
"""

from typing import Any, TypeAlias

import torch
import triton
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from decision_mamba.ops.causal_convolution import triton_kernels
from decision_mamba.ops.triton_rows import rows_of, side_by_side, tokens_like, wide_type

Parts: TypeAlias = tuple[Tensor, Tensor, Tensor | None, Tensor | None]  # x, weight, bias, state

_TOKENS, _CHANNELS, _WARPS = 16, 128, 4


def causal_convolution(
    x: Float[Tensor, "b l e"],
    weight: Float[Tensor, "e w"],
    bias: Float[Tensor, " e"] | None = None,
    state: Float[Tensor, "b w-1 e"] | None = None,
    silu: bool = False,
) -> tuple[Float[Tensor, "b l e"], Float[Tensor, "b w-1 e"]]:
    """Does what the reference does, in float32 or float64, with inputs of any types.

    y has the type of x, the state the type of the computation.
    """
    parts = (x, weight, bias, state)
    with torch.cuda.device_of(x):  # type: ignore[no-untyped-call]
        if torch.is_grad_enabled() and any(p is not None and p.requires_grad for p in parts):
            y, end = _Convolution.apply(silu, *parts)  # type: ignore[no-untyped-call]
        else:
            y, end = _forward(silu, parts)
    return y, end


class _Convolution(torch.autograd.Function):
    """The convolution, with gradients."""

    @staticmethod
    def forward(ctx: Any, silu: bool, *parts: Tensor | None) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.silu = silu
        ctx.save_for_backward(*parts)
        return _forward(silu, parts)  # type: ignore[arg-type]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dend: Tensor | None) -> tuple[Tensor | None, ...]:
        parts = ctx.saved_tensors
        dy = torch.zeros_like(parts[0]) if dy is None else dy
        pairs = zip(_backward(ctx.silu, parts, dy, dend), parts, strict=True)
        return None, *(None if part is None else grad.to(part.dtype) for grad, part in pairs)


class _Inputs:
    """The inputs of one convolution, as the kernels take them."""

    def __init__(self, silu: bool, parts: Parts) -> None:
        x, weight, bias, state = parts
        self.wide, kind = wide_type(*parts)
        self.batch, self.length, self.inner = x.shape
        self.before = weight.shape[1] - 1
        self.arrays = (rows_of(x), weight.mT.contiguous(), side_by_side(bias), rows_of(state))
        self.tiles = self.batch * triton.cdiv(self.length + self.before, _TOKENS)
        tile = {"T": _TOKENS, "E": _CHANNELS, "num_warps": _WARPS}
        self.constants = {"SILU": silu, "W": self.before + 1, "WIDE": kind, **tile}

    def run(self, kernel: Any, *arguments: Any) -> None:
        """Calls the kernel for every tile."""
        grid = (self.tiles * triton.cdiv(self.inner, _CHANNELS),)
        kernel[grid](*self.arrays, *arguments, self.length, self.inner, **self.constants)


def _forward(silu: bool, parts: Parts) -> tuple[Tensor, Tensor]:
    given = _Inputs(silu, parts)
    x = parts[0]
    y = tokens_like(x)
    end = x.new_empty(given.batch, given.before, given.inner, dtype=given.wide)
    given.run(triton_kernels.forward, rows_of(y), rows_of(end))
    return y, end


def _backward(
    silu: bool, parts: Parts, dy: Tensor, dend: Tensor | None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    given = _Inputs(silu, parts)
    x = parts[0]
    dx = tokens_like(x)
    dstart = x.new_empty(given.batch, given.before, given.inner, dtype=given.wide)
    dchannels = x.new_empty(given.tiles, given.before + 2, given.inner, dtype=given.wide)
    results = (rows_of(dx), rows_of(dstart), dchannels)
    given.run(triton_kernels.backward, rows_of(dy), rows_of(dend), *results)
    sums = dchannels.sum(0)
    return dx, sums[:-1].mT, sums[-1], dstart
