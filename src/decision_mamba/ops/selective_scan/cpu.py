"""The selective scan on a CPU: torch's side of the Numba kernels."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from decision_mamba.ops.kernels import TAGS, Tasks, dense, place, readable, total
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

    Tokens of bfloat16 are read and written as such and computed with in float32. Same inputs give
    the same bits, whatever the number of threads. The state that it returns lies in memory as
    b n e, and costs least when it is handed back as it is.
    """
    tokens, others = readable(
        (u, delta, B, C, gate),
        (A.T, D, None if state is None else state.transpose(1, 2), delta_bias),
    )
    (x, step, B, C, gate), (decay, D, start, bias) = tokens, others
    parts = (x, step, decay, B, C, D, start, gate, bias)
    needed = any(part is not None and part.requires_grad for part in parts)
    if needed and torch.is_grad_enabled():
        y, end = _Scan.apply(*parts)  # type: ignore[no-untyped-call]
    else:
        y, end, _ = _forward(parts, note=False)
    return y.to(u.dtype), end.transpose(1, 2)


class _Scan(torch.autograd.Function):
    """The scan with A and the states as the kernels keep them: n e and b n e."""

    @staticmethod
    def forward(ctx: Any, *parts: Tensor | None) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        y, end, noted = _forward(parts, note=True)
        ctx.save_for_backward(*parts, noted)
        return y, end

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dend: Tensor | None) -> tuple[Tensor | None, ...]:
        *parts, noted = ctx.saved_tensors
        dy = torch.zeros_like(parts[0]) if dy is None else dense(dy)
        grads = _backward(parts, noted, dy, None if dend is None else dense(dend))
        pairs = zip(grads, ctx.needs_input_grad, strict=True)
        return tuple(grad if needed else None for grad, needed in pairs)


def _forward(parts: Sequence[Any], note: bool) -> tuple[Tensor, Tensor, Tensor | None]:
    """Finds y, the last states, and with `note` the state before every chunk."""
    u, delta, A, B, C, D, start, gate, bias = parts
    batch, length, inner = u.shape
    size, chunks = A.shape[0], -(-length // cpu_kernels.CHUNK)
    y, end = u.new_empty(u.shape), A.new_empty(batch, size, inner)
    noted = A.new_empty(batch * chunks, size, inner) if note else None
    tasks = Tasks(batch, inner)
    tasks.run(
        cpu_kernels.forward, u.numel() * size, *TAGS[u.dtype],
        (batch, length, inner, size, tasks.groups, tasks.width),
        place(u, 3), place(delta, 3), place(A, 2), place(B, 3), place(C, 3), place(D, 1),
        place(start, 3), place(gate, 3), place(bias, 1),
        place(y, 3), place(end, 3), place(noted, 3),
    )  # fmt: skip
    return y, end, noted


def _backward(
    parts: Sequence[Any], noted: Tensor, dy: Tensor, dend: Tensor | None
) -> tuple[Tensor | None, ...]:
    """Finds the gradients of all parts, in their order."""
    u, delta, A, B, C, D, _, gate, bias = parts
    batch, length, inner = u.shape
    size = A.shape[0]
    tasks = Tasks(batch, inner)
    du, ddelta = u.new_empty(u.shape), u.new_empty(u.shape)
    dgate = None if gate is None else u.new_empty(u.shape)
    dA, dstart = A.new_empty(tasks.groups, size, inner), A.new_empty(batch, size, inner)
    dB, dC = (A.new_empty(tasks.blocks, batch, length, size) for _ in range(2))
    dD = A.new_empty(tasks.groups, inner)
    dbias = None if bias is None else A.new_empty(tasks.groups, inner)
    tasks.run(
        cpu_kernels.backward, u.numel() * size, *TAGS[u.dtype],
        (batch, length, inner, size, tasks.groups, tasks.width),
        place(u, 3), place(delta, 3), place(A, 2), place(B, 3), place(C, 3), place(D, 1),
        place(gate, 3), place(bias, 1), place(noted, 3), place(dy, 3), place(dend, 3),
        place(du, 3), place(ddelta, 3), place(dA, 3), place(dB, 4), place(dC, 4), place(dD, 2),
        place(dstart, 3), place(dgate, 3), place(dbias, 2),
    )  # fmt: skip
    return (
        du, ddelta, total(dA), total(dB).to(B.dtype), total(dC).to(C.dtype), total(dD),
        dstart, dgate, None if dbias is None else total(dbias),
    )  # fmt: skip
