"""The selective scan on an NVIDIA card: torch's side of the Triton kernels.

How the sizes were chosen, for an H200 (132 multiprocessors of 4 schedulers, 4.8 TB/s):

- A token's channel costs n = 16 exponentials forward, of which a multiprocessor does 16 per
  cycle, and 8 bytes in bfloat16 with a gate (u, delta, gate, y), of which the memory moves 20
  per cycle and multiprocessor. So both limits are near, and inputs are read once, in the type
  that they have. Backward reads u, delta, gate, dy and writes three gradients, 14 bytes, beside
  8 for the noted states and 8 for the parts of dB and dC.
- A program is one warp, so it never waits at a barrier, with 8 states in each thread at n = 16:
  16 channels, neighbours in memory, that fill the 32-byte sectors of a row in bfloat16.
- At b=64, e=256 these are 1,024 programs, two per scheduler: one pass. At b=1, e=256, l=8,192
  they would be 16, so the length is cut into 128 chunks of 64 tokens, 2,048 programs. A first
  pass finds what each chunk does to the states, a second joins the chunks, a third is as above.

Only the shapes decide how the work is cut, and every sum has one order: same inputs give the
same bits. Nothing waits for the card, so a captured graph may hold it all.
"""

from typing import Any, NamedTuple, TypeAlias

import torch
import triton
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from decision_mamba.ops.selective_scan import triton_kernels
from decision_mamba.ops.triton_rows import rows_of, side_by_side, tokens_like, wide_type

Parts: TypeAlias = tuple[Any, ...]  # tensors or None, in the order of the public function

_SEGMENT = 8  # tokens whose states a backward pass keeps in registers
_TILE = 256  # states of one program, 8 per thread
_NARROWEST, _WIDEST = 4, 32  # channels of a program
_ENOUGH = 512  # programs that leave no scheduler idle; with less the length is cut
_WANTED = 2048  # programs, where the length is cut
_SHORTEST = 64  # tokens in a chunk
_AT_ONCE = 8  # chunks that the second pass reads at once


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
    """Does what the reference does, in float32 or float64, with inputs of any types.

    y has the type of u, the state the type of the computation. The state that it returns lies
    in memory as b n e.
    """
    parts = (u, delta, A, B, C, D, state, gate, delta_bias)
    with torch.cuda.device_of(u):  # type: ignore[no-untyped-call]
        if torch.is_grad_enabled() and any(p is not None and p.requires_grad for p in parts):
            y, end = _Scan.apply(*parts)  # type: ignore[no-untyped-call]
        else:
            y, end, _, _ = _forward(parts, note=False)
    return y, end


class Cut(NamedTuple):
    """How the work is cut into programs.

    Attributes:
        channels: of a program.
        segment: tokens that are read at once, and lie between two noted states.
        chunk: tokens of a program, a multiple of `segment`.
        chunks: of a sequence.
    """

    channels: int
    segment: int
    chunk: int
    chunks: int


def cut(batch: int, length: int, inner: int, size: int) -> Cut:
    """Cuts the length only where sequences and channels are too few to fill a card."""
    channels = min(max(_TILE // triton.next_power_of_2(size), _NARROWEST), _WIDEST)
    segment = min(_SEGMENT, triton.next_power_of_2(length))
    programs = max(batch * -(-inner // channels), 1)
    chunks = 1 if programs >= _ENOUGH else min(length // _SHORTEST, -(-_WANTED // programs))
    tokens = -(-length // max(chunks, 1))
    chunk = -(-tokens // segment) * segment
    return Cut(channels, segment, chunk, -(-length // chunk))


class _Scan(torch.autograd.Function):
    """The scan, with gradients."""

    @staticmethod
    def forward(ctx: Any, *parts: Any) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        y, end, noted, passed = _forward(parts, note=True)
        ctx.save_for_backward(*parts, noted, passed)
        return y, end

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dend: Tensor | None) -> Parts:
        *parts, noted, passed = ctx.saved_tensors
        dy = torch.zeros_like(parts[0]) if dy is None else dy
        pairs = zip(_backward(tuple(parts), noted, passed, dy, dend), parts, strict=True)
        return tuple(None if part is None else grad.to(part.dtype) for grad, part in pairs)


class _Inputs:
    """The inputs of one scan, as the kernels take them, and how its work is cut."""

    def __init__(self, parts: Parts) -> None:
        u, delta, A, B, C, D, state, gate, bias = parts
        self.u, self.delta, self.gate = rows_of(u), rows_of(delta), rows_of(gate)
        self.B, self.C = rows_of(B), rows_of(C)
        self.A, self.D, self.bias = A.mT.contiguous(), side_by_side(D), side_by_side(bias)
        self.batch, self.length, self.inner = u.shape
        self.size = A.shape[1]
        self.cut = cut(self.batch, self.length, self.inner, self.size)
        self.blocks = -(-self.inner // self.cut.channels)
        self.wide, kind = wide_type(*parts)
        self.start = self.states(state)
        padded = triton.next_power_of_2(self.size)
        self.tile = {"R": 1, "L": self.cut.channels, "N": padded, "WIDE": kind, "num_warps": 1}

    @property
    def all(self) -> tuple[Any, ...]:
        """The arrays, in the order of the kernels."""
        return self.u, self.delta, self.A, self.B, self.C, self.D, self.gate, self.bias

    def states(self, given: Tensor | None) -> Tensor | None:
        """States (b, e, n) as the kernels read them: b n e, one after the other."""
        return None if given is None else given.mT.to(self.wide).contiguous()

    def empty(self, *shape: int) -> Tensor:
        """Memory in the type of the computation."""
        return torch.empty(shape, dtype=self.wide, device=self.A.device)

    def empty_states(self, count: int) -> Tensor:
        """Memory for `count` states of every sequence."""
        return self.empty(self.batch, count, self.size, self.inner)

    def run(self, kernel: Any, *arguments: Any) -> None:
        """Calls the kernel for every sequence, block of channels and chunk."""
        sizes = (self.length, self.inner, self.size, self.cut.chunk)
        grid = (self.batch * self.blocks, self.cut.chunks)
        kernel[grid](*arguments, *sizes, T=self.cut.segment, **self.tile)

    def join(
        self, passed: Tensor, start: Tensor | None, carried: Tensor, *, backward: bool
    ) -> None:
        """Puts into `carried` what enters each chunk."""
        sizes = (self.inner, self.size, self.cut.chunks)
        triton_kernels.join[(self.batch * self.blocks,)](
            self.A, passed, start, carried, *sizes, BACKWARD=backward, G=_AT_ONCE, **self.tile
        )


def _forward(parts: Parts, note: bool) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
    """Finds y, the last states, with `note` those before every segment, and each chunk's ΣΔ."""
    given = _Inputs(parts)
    y, end = tokens_like(parts[0]), given.empty_states(1)[:, 0]
    noted = given.empty_states(-(-given.length // given.cut.segment)) if note else None
    starts, passed = given.start, None
    if given.cut.chunks > 1:
        starts, passed = _enter(given)
    given.run(triton_kernels.forward, *given.all, starts, rows_of(y), end, noted)
    return y, end.mT, noted, passed


def _enter(given: _Inputs) -> tuple[Tensor, Tensor]:
    """The states before each chunk, and the sum of Δ over it."""
    carried = given.empty_states(given.cut.chunks)
    passed = given.empty(given.batch, given.cut.chunks, given.inner)
    inputs = (given.u, given.delta, given.A, given.B, given.bias)
    given.run(triton_kernels.summarise, *inputs, carried, passed)
    given.join(passed, given.start, carried, backward=False)
    return carried, passed


def _backward(
    parts: Parts, noted: Tensor, passed: Tensor | None, dy: Tensor, dend: Tensor | None
) -> Parts:
    """Finds the gradient of every part that there is."""
    given = _Inputs(parts)
    dends = given.states(dend)
    if passed is not None:
        dends = _enter_backward(given, dy, passed, dends)
    du, ddelta = tokens_like(parts[0]), tokens_like(parts[1])
    dgate = None if parts[7] is None else tokens_like(parts[7])
    dreads = given.empty(given.blocks, 2, given.batch, given.length, given.size)
    dchannels = given.empty(given.batch * given.cut.chunks, given.size + 2, given.inner)
    dstart = given.empty_states(1)[:, 0]
    results = (rows_of(du), rows_of(ddelta), rows_of(dgate), dreads, dchannels, dstart)
    arguments = (*given.all, noted, rows_of(dy), dends, *results, given.batch)
    lanes = max(given.cut.channels // 2, _NARROWEST)
    given.tile |= {"R": given.cut.channels // lanes, "L": lanes}
    given.run(triton_kernels.backward, *arguments)
    dB, dC = dreads.sum(0)
    sums = dchannels.sum(0)
    return du, ddelta, sums[:-2].mT, dB, dC, sums[-2], dstart.mT, dgate, sums[-1]


def _enter_backward(given: _Inputs, dy: Tensor, passed: Tensor, dends: Tensor | None) -> Tensor:
    """The gradient of the states after each chunk."""
    carried = given.empty_states(given.cut.chunks)
    inputs = (given.delta, given.A, given.C, given.gate, given.bias, rows_of(dy))
    given.run(triton_kernels.summarise_backward, *inputs, carried)
    given.join(passed, dends, carried, backward=True)
    return carried
