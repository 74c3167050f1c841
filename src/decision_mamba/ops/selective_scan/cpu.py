"""The selective scan on a CPU: torch's side of the Numba kernels."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from decision_mamba.ops.kernels import run, run_side_by_side
from decision_mamba.ops.selective_scan import cpu_kernels

# Chosen for b=64, e=256, n=16; only the shapes decide, so that no result hangs on the machine.
_GROUPS = 16  # of sequences: enough tasks for as many cores, few partial sums
_WIDEST, _NARROWEST = 256, 64  # channels in a block
_ALONE = 1 << 16  # numbers b·l·e·n below which other threads take longer to wake than they save


@torch.compiler.disable  # type: ignore[untyped-decorator]
def selective_scan(
    u: Float[Tensor, "b l e"],
    delta: Float[Tensor, "b l e"],
    A: Float[Tensor, "e n"],
    B: Float[Tensor, "b l n"],
    C: Float[Tensor, "b l n"],
    D: Float[Tensor, " e"],
    state: Float[Tensor, "b e n"] | None = None,
) -> tuple[Float[Tensor, "b l e"], Float[Tensor, "b e n"]]:
    """Does what the reference does, in float32 or float64, without an array of size b l e n.

    Same inputs give the same bits, whatever the number of threads. The state that it returns
    lies in memory as b n e, and costs least when it is handed back as it is.
    """
    start = u.new_empty(0, 0, 0) if state is None else state.transpose(1, 2)
    parts = (u, delta, A.T, B, C, D, start)
    if torch.is_grad_enabled() and any(part.requires_grad for part in parts):
        y, end = _Scan.apply(*parts)  # type: ignore[no-untyped-call]
    else:
        y, end, _ = _forward(parts, note=False)
    return y, end.transpose(1, 2)


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
        u, start = parts[0], parts[-1]
        dy = torch.zeros_like(u) if dy is None else dy
        dend = u.new_empty(0, 0, 0) if dend is None else dend
        *grads, dstart = _backward(tuple(parts[:-1]), noted, dy, dend)
        return *grads, dstart if start.numel() else None


def _forward(parts: tuple[Tensor, ...], note: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Finds y, the last states, and with `note` the state before every chunk."""
    batch, length, inner, size = *parts[0].shape, parts[2].shape[0]
    new = parts[0].new_empty
    y, end = new(batch, length, inner), new(batch, size, inner)
    chunks = -(-length // cpu_kernels.CHUNK)
    noted = new(batch, chunks, size, inner) if note else new(0, 0, 0, 0)

    groups, width = _split(batch, inner)
    spread = run if batch * length * inner * size < _ALONE else run_side_by_side
    tasks = groups * -(-inner // width)
    arrays = _arrays(*parts, y, end, noted)
    spread(cpu_kernels.forward, tasks, groups, width, *arrays)
    return y, end, noted


def _backward(
    parts: tuple[Tensor, ...], noted: Tensor, dy: Tensor, dend: Tensor
) -> tuple[Tensor, ...]:
    """Finds the gradients of u, delta, A, B, C, D and of the states before the first token."""
    u = parts[0]
    batch, length, inner, size = *u.shape, parts[2].shape[0]
    groups, width = _split(batch, inner)
    blocks = -(-inner // width)
    new = u.new_empty
    du, ddelta, dstart = new(u.shape), new(u.shape), new(batch, size, inner)
    dA, dD = new(groups, size, inner), new(groups, inner)
    dB, dC = new(blocks, batch, length, size), new(blocks, batch, length, size)

    spread = run if batch * length * inner * size < _ALONE else run_side_by_side
    arrays = _arrays(*parts, noted, dy, dend, du, ddelta, dA, dB, dC, dD, dstart)
    spread(cpu_kernels.backward, groups * blocks, groups, width, *arrays)
    return du, ddelta, dA.sum(0), dB.sum(0), dC.sum(0), dD.sum(0), dstart


def _split(batch: int, inner: int) -> tuple[int, int]:
    """The number of groups of sequences, and the width of a block of channels."""
    groups = min(batch, _GROUPS)
    width = _WIDEST
    while width > _NARROWEST and groups * -(-inner // width) < _GROUPS // 2:
        width //= 2
    return groups, width


def _arrays(*tensors: Tensor) -> tuple[np.ndarray, ...]:
    return tuple(tensor.detach().contiguous().numpy() for tensor in tensors)
