"""The selective scan on a CPU: torch's side of the Numba kernels."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from decision_mamba.ops.kernels import Tasks, total
from decision_mamba.ops.selective_scan import cpu_kernels


def selective_scan(
    u: Float[Tensor, "b l e"],
    delta: Float[Tensor, "b l e"],
    A: Float[Tensor, "e n"],
    B: Float[Tensor, "b l n"],
    C: Float[Tensor, "b l n"],
    D: Float[Tensor, " e"],
    state: Float[Tensor, "b e n"] | None = None,
    gate: Float[Tensor, "b l e"] | None = None,
    delta_bias: Float[Tensor, " e"] | None = None,
) -> tuple[Float[Tensor, "b l e"], Float[Tensor, "b e n"]]:
    """Does what the reference does, in float32 or float64, without an array of size b l e n.

    Same inputs give the same bits, whatever the number of threads. The state that it returns
    lies in memory as b n e, and costs least when it is handed back as it is.
    """
    if delta_bias is not None:
        delta = F.softplus(delta + delta_bias)
    start = u.new_empty(0, 0, 0) if state is None else state.transpose(1, 2)
    parts = (u, delta, A.T, B, C, D, start)
    if torch.is_grad_enabled() and any(part.requires_grad for part in parts):
        y, end = _Scan.apply(*parts)  # type: ignore[no-untyped-call]
    else:
        y, end, _ = _forward(parts, note=False)
    return y if gate is None else y * F.silu(gate), end.transpose(1, 2)


class _Scan(torch.autograd.Function):
    """The scan with A and the states as the kernels keep them: n e and b n e."""

    @staticmethod
    def forward(ctx: Any, *parts: Tensor) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        y, end, noted = _forward(parts, note=True)
        ctx.save_for_backward(*parts, noted)
        return y, end

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dend: Tensor | None) -> tuple[Tensor | None, ...]:
        *parts, noted = ctx.saved_tensors
        u = parts[0]
        dy = torch.zeros_like(u) if dy is None else dy
        dend = u.new_empty(0, 0, 0) if dend is None else dend
        *grads, dstart = _backward(tuple(parts[:-1]), noted, dy, dend)
        return *grads, dstart if ctx.needs_input_grad[-1] else None


def _forward(parts: tuple[Tensor, ...], note: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Finds y, the last states, and with `note` the state before every chunk."""
    u = parts[0]
    batch, length, inner, size = *u.shape, parts[2].shape[0]
    y, end = u.new_empty(u.shape), u.new_empty(batch, size, inner)
    chunks = -(-length // cpu_kernels.CHUNK)
    noted = u.new_empty((batch, chunks, size, inner) if note else (0, 0, 0, 0))
    Tasks(batch, inner).run(cpu_kernels.forward, u.numel() * size, *parts, y, end, noted)
    return y, end, noted


def _backward(
    parts: tuple[Tensor, ...], noted: Tensor, dy: Tensor, dend: Tensor
) -> tuple[Tensor, ...]:
    """Finds the gradients of u, delta, A, B, C, D and of the states before the first token."""
    u = parts[0]
    batch, length, inner, size = *u.shape, parts[2].shape[0]
    tasks = Tasks(batch, inner)
    new = u.new_empty
    du, ddelta, dstart = new(u.shape), new(u.shape), new(batch, size, inner)
    dA, dD = new(tasks.groups, size, inner), new(tasks.groups, inner)
    dB, dC = (new(tasks.blocks, batch, length, size) for _ in range(2))
    grads = (du, ddelta, dA, dB, dC, dD, dstart)
    tasks.run(cpu_kernels.backward, u.numel() * size, *parts, noted, dy, dend, *grads)
    return du, ddelta, total(dA), total(dB), total(dC), total(dD), dstart
