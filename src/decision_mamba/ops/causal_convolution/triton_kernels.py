"""The causal convolution on a card, compiled by Triton.

A program takes T tokens of E channels of one sequence. It reads what the taps meet as so many
shifted tiles, of which all but one come out of the multiprocessor's own cache, so there is no
order to keep and no memory to share. Arrays with tokens come as a tuple of the array, its stride
from sequence to sequence and its stride from token to token; the channels lie side by side.

A sequence has the w - 1 tokens of the state before its first, at t = -(w - 1) … -1.
"""

from typing import no_type_check

import triton
import triton.language as tl

from decision_mamba.ops.triton_activations import silu, silu_slope


@triton.jit
@no_type_check
def forward(
    x, weight, bias, start, y, end, length, inner,
    SILU: tl.constexpr, W: tl.constexpr, T: tl.constexpr, E: tl.constexpr, WIDE: tl.constexpr,
):  # fmt: skip
    """Fills y and `end`, the last W - 1 tokens.

    Args:
        x: tokens.
        weight: w e.
        bias: e, or None.
        start: tokens of the state, or None for zeros.
        y: tokens.
        end: tokens of the state.
        length: l.
        inner: e.
        SILU: whether silu of the sum is y.
        W: taps.
        T: tokens of a program; those of the first begin with the state.
        E: channels of a program.
        WIDE: type of the computation.
    """
    b, t, e = _place(length, inner, W, T, E)
    sums = _sums(x, weight, bias, start, b, t, e, length, inner, W, WIDE)
    if SILU:
        sums = silu(sums)
    _write(y, b, t, e, (t >= 0) & (t < length), inner, sums)
    kept = t - (length - (W - 1))  # place among the last tokens
    mask = (kept >= 0) & (t < length)
    _write(end, b, kept, e, mask, inner, _tokens(x, start, b, t, e, length, inner, W, WIDE))


@triton.jit
@no_type_check
def backward(
    x, weight, bias, start, dy, dend, dx, dstart, dchannels, length, inner,
    SILU: tl.constexpr, W: tl.constexpr, T: tl.constexpr, E: tl.constexpr, WIDE: tl.constexpr,
):  # fmt: skip
    """Fills the gradients; the arguments not named here are those of `forward`.

    Given are dy (tokens) and dend (tokens of the state, or None for zeros). Filled are dx (tokens),
    dstart (tokens of the state) and dchannels (tiles w+1 e), the parts of dweight and dbias that
    are still to be summed.
    """
    b, t, e = _place(length, inner, W, T, E)
    token = _tokens(x, start, b, t, e, length, inner, W, WIDE)
    dtoken = tl.zeros([T, E], WIDE)
    if dend is not None:
        kept = t - (length - (W - 1))
        dtoken = _read(dend, b, kept, e, (kept >= 0) & (t < length), inner, WIDE)
    row = (tl.program_id(0) // tl.cdiv(inner, E)).to(tl.int64)
    parts = dchannels + row * (W + 1) * inner + e
    for k in tl.static_range(W):
        s = t + (W - 1 - k)  # the output where tap k met this token
        dsum = _read(dy, b, s, e, (s >= 0) & (s < length), inner, WIDE)
        if SILU:
            sums = _sums(x, weight, bias, start, b, s, e, length, inner, W, WIDE)
            dsum *= silu_slope(sums)
        dtoken += dsum * _tap(weight, k, e, inner, WIDE)[None, :]
        tl.store(parts + k * inner, tl.sum(dsum * token, axis=0), mask=e < inner)
        if k == W - 1:
            tl.store(parts + W * inner, tl.sum(dsum, axis=0), mask=e < inner)
    _write(dx, b, t, e, (t >= 0) & (t < length), inner, dtoken)
    _write(dstart, b, t + W - 1, e, t < 0, inner, dtoken)


@triton.jit
@no_type_check
def _place(length, inner, W: tl.constexpr, T: tl.constexpr, E: tl.constexpr):
    """The sequence, the tokens and the channels of this program."""
    blocks = tl.cdiv(inner, E)
    tiles = tl.cdiv(length + W - 1, T)
    program = tl.program_id(0)
    e = (program % blocks) * E + tl.arange(0, E)
    t = (program // blocks % tiles) * T - (W - 1) + tl.arange(0, T)
    return (program // blocks // tiles).to(tl.int64), t, e


@triton.jit
@no_type_check
def _sums(x, weight, bias, start, b, t, e, length, inner, W: tl.constexpr, WIDE: tl.constexpr):
    """What the taps make of the tokens up to t, without silu."""
    sums = tl.zeros([t.shape[0], e.shape[0]], WIDE)
    if bias is not None:
        sums += tl.load(bias + e, mask=e < inner, other=0.0).to(WIDE)[None, :]
    for k in tl.static_range(W):
        met = _tokens(x, start, b, t - (W - 1 - k), e, length, inner, W, WIDE)
        sums += met * _tap(weight, k, e, inner, WIDE)[None, :]
    return sums


@triton.jit
@no_type_check
def _tokens(x, start, b, t, e, length, inner, W: tl.constexpr, WIDE: tl.constexpr):
    """The tokens at t, those of the state where t is negative, zeros where there are none."""
    found = _read(x, b, t, e, (t >= 0) & (t < length), inner, WIDE)
    if start is not None:
        place = t + W - 1
        found += _read(start, b, place, e, (place >= 0) & (t < 0), inner, WIDE)
    return found


@triton.jit
@no_type_check
def _tap(weight, k, e, inner, WIDE: tl.constexpr):
    return tl.load(weight + k * inner + e, mask=e < inner, other=0.0).to(WIDE)


@triton.jit
@no_type_check
def _read(rows, b, t, e, there, inner, WIDE: tl.constexpr):
    pointers = rows[0] + b * rows[1] + t[:, None] * rows[2] + e[None, :]
    mask = there[:, None] & (e < inner)[None, :]
    return tl.load(pointers, mask=mask, other=0.0).to(WIDE)


@triton.jit
@no_type_check
def _write(rows, b, t, e, there, inner, values):
    pointers = rows[0] + b * rows[1] + t[:, None] * rows[2] + e[None, :]
    mask = there[:, None] & (e < inner)[None, :]
    tl.store(pointers, values.to(rows[0].dtype.element_ty), mask=mask)
