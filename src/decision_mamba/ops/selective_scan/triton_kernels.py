"""The loops of the selective scan on a card, compiled by Triton.

A program takes R rows of L channels of one chunk of one sequence and walks along its tokens with
the N states of each in the registers of one warp: nothing of size b l e n exists, and no program
waits for another. Tokens are read in segments of T, whose loads are all under way before the first
is used and whose stores come after the last, so that one warp alone hides the memory's latency.

In registers states are R N L, what belongs to channels R 1 L, what belongs to states 1 N 1. The
compiler spreads L over the threads of the warp, then N over those left, and keeps R in each
thread. R = 2 halves the shuffles that sums over the channels cost, and has twice as many threads
compute the same Δ and gate; so it pays in `backward` only.

Argument names are those of the formula in `reference.py`. Arrays with tokens come as a tuple of
the array, its stride from sequence to sequence and its stride from token to token; their numbers
lie side by side. States are b chunks n e in memory. Everything is computed in the type WIDE. A is
multiplied by log2(e) once, because the card has exp2 and not exp.

A masked token has Δ = 0, so that exp2(Δ A) = 1 and the states pass it unchanged.
"""

from typing import no_type_check

import triton
import triton.language as tl

from decision_mamba.ops.triton_activations import sigmoid, silu, silu_slope, softplus

# Were the compiler told that rows begin at multiples of 16 bytes, it would spread four channels
# over each thread to load them at once, and add up over n by four times as many shuffles.
_NO_HINT = ("inner",)

_LOG2_E = tl.constexpr(1.4426950408889634)
_LN_2 = tl.constexpr(0.6931471805599453)


@triton.jit(do_not_specialize=_NO_HINT)
@no_type_check
def forward(
    u, delta, A, B, C, D, gate, bias, starts, y, ends, noted, length, inner, size, chunk,
    T: tl.constexpr, R: tl.constexpr, L: tl.constexpr, N: tl.constexpr, WIDE: tl.constexpr,
):  # fmt: skip
    """Fills y, the state after the last token and the states to resume from.

    Args:
        u: tokens of e channels.
        delta: likewise.
        A: n e.
        B: tokens of n numbers.
        C: likewise.
        D: e.
        gate: tokens of e channels, or None.
        bias: of delta, e, or None for no softplus.
        starts: b chunks n e, the states before each chunk; None for zeros.
        y: tokens of e channels.
        ends: b n e.
        noted: b ⌈l / T⌉ n e, the state before every segment; None to note nothing.
        length: l.
        inner: e.
        size: n.
        chunk: tokens in a chunk, a multiple of T.
        T: tokens in a segment.
        R: rows of L channels in a program.
        L: channels in a row, powers of two both.
        N: n or more, a power of two.
        WIDE: type of the computation.
    """
    b, n, e = _place(inner, N, R, L)
    here, tile_here = e < inner, (n < size) & (e < inner)
    tile = n * inner + e
    first = tl.program_id(1) * chunk
    last = tl.minimum(first + chunk, length)
    row = b * tl.num_programs(1) + tl.program_id(1)
    A_log2 = _decay_rates(A, tile, tile_here, WIDE)
    D_e = tl.load(D + e, mask=here, other=0.0).to(WIDE)
    h = tl.zeros([R, N, L], WIDE)
    if starts is not None:
        h = tl.load(starts + row * size * inner + tile, mask=tile_here, other=0.0)
    for t in range(first, last, T):
        if noted is not None:
            segment = b * tl.cdiv(length, T) + t // T
            tl.store(noted + segment * size * inner + tile, h, mask=tile_here)
        us = _rows(u, b, t, last, e, here, T, WIDE)
        steps = _steps(delta, bias, b, t, last, e, here, T, WIDE)
        ys = ()
        for i in tl.static_range(T):
            there = (n < size) & (t + i < last)
            B_t = _row(B, b, t + i, n, there, WIDE)
            C_t = _row(C, b, t + i, n, there, WIDE)
            h = _advance(h, us[i], steps[i], A_log2, B_t)
            ys += (tl.sum(h * C_t, axis=1, keep_dims=True) + D_e * us[i],)
        for i in tl.static_range(T):
            there = here & (t + i < last)
            out = ys[i]
            if gate is not None:
                out = out * silu(_row(gate, b, t + i, e, there, WIDE))
            _write(y, b, t + i, e, there, out)
    if last == length:
        tl.store(ends + b * size * inner + tile, h, mask=tile_here)


@triton.jit(do_not_specialize=_NO_HINT)
@no_type_check
def summarise(
    u, delta, A, B, bias, carried, passed, length, inner, size, chunk,
    T: tl.constexpr, R: tl.constexpr, L: tl.constexpr, N: tl.constexpr, WIDE: tl.constexpr,
):  # fmt: skip
    """Says what each chunk does to the states: h_end = exp(passed A) h_start + carried.

    Filled are carried (b chunks n e) and passed (b chunks e), the sum of the chunk's Δ.
    """
    b, n, e = _place(inner, N, R, L)
    here, tile_here = e < inner, (n < size) & (e < inner)
    tile = n * inner + e
    first = tl.program_id(1) * chunk
    last = tl.minimum(first + chunk, length)
    row = b * tl.num_programs(1) + tl.program_id(1)
    A_log2 = _decay_rates(A, tile, tile_here, WIDE)
    h = tl.zeros([R, N, L], WIDE)
    total = tl.zeros([R, 1, L], WIDE)
    for t in range(first, last, T):
        us = _rows(u, b, t, last, e, here, T, WIDE)
        steps = _steps(delta, bias, b, t, last, e, here, T, WIDE)
        for i in tl.static_range(T):
            B_t = _row(B, b, t + i, n, (n < size) & (t + i < last), WIDE)
            h = _advance(h, us[i], steps[i], A_log2, B_t)
            total += steps[i]
    tl.store(carried + row * size * inner + tile, h, mask=tile_here)
    tl.store(passed + row * inner + e, total, mask=here)


@triton.jit(do_not_specialize=_NO_HINT)
@no_type_check
def summarise_backward(
    delta, A, C, gate, bias, dy, carried, length, inner, size, chunk,
    T: tl.constexpr, R: tl.constexpr, L: tl.constexpr, N: tl.constexpr, WIDE: tl.constexpr,
):  # fmt: skip
    """Says what each chunk does to the gradient: dh_start = exp(passed A) dh_end + carried.

    Filled is carried (b chunks n e); dy are tokens of e channels.
    """
    b, n, e = _place(inner, N, R, L)
    here, tile_here = e < inner, (n < size) & (e < inner)
    tile = n * inner + e
    first = tl.program_id(1) * chunk
    last = tl.minimum(first + chunk, length)
    row = b * tl.num_programs(1) + tl.program_id(1)
    A_log2 = _decay_rates(A, tile, tile_here, WIDE)
    dh = tl.zeros([R, N, L], WIDE)
    segments = tl.cdiv(last - first, T)
    for s in range(0, segments):
        t = first + (segments - 1 - s) * T
        steps = _steps(delta, bias, b, t, last, e, here, T, WIDE)
        dys = _rows(dy, b, t, last, e, here, T, WIDE)
        for i in tl.static_range(T - 1, -1, -1):
            dout = dys[i]
            if gate is not None:
                dout = dout * silu(_row(gate, b, t + i, e, here & (t + i < last), WIDE))
            C_t = _row(C, b, t + i, n, (n < size) & (t + i < last), WIDE)
            dh = (dh + dout * C_t) * tl.exp2(steps[i] * A_log2)
    tl.store(carried + row * size * inner + tile, dh, mask=tile_here)


@triton.jit(do_not_specialize=_NO_HINT)
@no_type_check
def join(
    A, passed, start, carried, inner, size, chunks,
    BACKWARD: tl.constexpr, G: tl.constexpr,
    R: tl.constexpr, L: tl.constexpr, N: tl.constexpr, WIDE: tl.constexpr,
):  # fmt: skip
    """Runs over the chunks, and puts what enters each chunk in the place of what it carries.

    `start` (b n e) enters the first chunk, or with BACKWARD the last; None for zeros. The
    summaries of G chunks are read at once.
    """
    b, n, e = _place(inner, N, R, L)
    here, tile_here = e < inner, (n < size) & (e < inner)
    tile = n * inner + e
    A_log2 = _decay_rates(A, tile, tile_here, WIDE)
    h = tl.zeros([R, N, L], WIDE)
    if start is not None:
        h = tl.load(start + b * size * inner + tile, mask=tile_here, other=0.0)
    for c in range(0, chunks, G):
        parts, sums = (), ()
        for i in tl.static_range(G):
            row = b * chunks + (chunks - 1 - c - i if BACKWARD else c + i)
            inside = c + i < chunks
            mask = tile_here & inside
            parts += (tl.load(carried + row * size * inner + tile, mask=mask, other=0.0),)
            sums += (tl.load(passed + row * inner + e, mask=here & inside, other=0.0),)
        for i in tl.static_range(G):
            row = b * chunks + (chunks - 1 - c - i if BACKWARD else c + i)
            mask = tile_here & (c + i < chunks)
            tl.store(carried + row * size * inner + tile, h, mask=mask)
            h = tl.exp2(sums[i] * A_log2) * h + parts[i]


@triton.jit(do_not_specialize=_NO_HINT)
@no_type_check
def backward(
    u, delta, A, B, C, D, gate, bias, noted, dy, dends,
    du, ddelta, dgate, dreads, dchannels, dstart, batch, length, inner, size, chunk,
    T: tl.constexpr, R: tl.constexpr, L: tl.constexpr, N: tl.constexpr, WIDE: tl.constexpr,
):  # fmt: skip
    """Fills the gradients; the arguments not named here are those of `forward`.

    Each segment is walked twice: forward from its noted state, which leaves its T states in
    registers, then backward.

    Given are dy (tokens of e channels) and dends (b chunks n e, the gradient of the states after
    each chunk, or None for zeros). Filled are du, ddelta and dgate (tokens of e channels, dgate
    None without a gate), dstart (b n e), and what is still to be summed: dreads (blocks 2 b l n),
    parts of dB and dC per block of channels, and dchannels (b·chunks n+2 e), parts of dA, dD and
    the bias's gradient.
    """
    b, n, e = _place(inner, N, R, L)
    here, tile_here = e < inner, (n < size) & (e < inner)
    tile = n * inner + e
    first = tl.program_id(1) * chunk
    last = tl.minimum(first + chunk, length)
    row = b * tl.num_programs(1) + tl.program_id(1)
    block = (tl.program_id(0) % tl.cdiv(inner, R * L)).to(tl.int64)
    A_log2 = _decay_rates(A, tile, tile_here, WIDE)
    D_e = tl.load(D + e, mask=here, other=0.0).to(WIDE)
    dA = tl.zeros([R, N, L], WIDE)
    dD = tl.zeros([R, 1, L], WIDE)
    dbias = tl.zeros([R, 1, L], WIDE)
    dh = tl.zeros([R, N, L], WIDE)
    if dends is not None:
        dh = tl.load(dends + row * size * inner + tile, mask=tile_here, other=0.0)
    segments = tl.cdiv(last - first, T)
    for s in range(0, segments):
        t = first + (segments - 1 - s) * T
        segment = b * tl.cdiv(length, T) + t // T
        h = tl.load(noted + segment * size * inner + tile, mask=tile_here, other=0.0)
        us = _rows(u, b, t, last, e, here, T, WIDE)
        steps = _steps(delta, bias, b, t, last, e, here, T, WIDE)
        dys = _rows(dy, b, t, last, e, here, T, WIDE)
        hs = (h,)
        for i in tl.static_range(T):
            B_t = _row(B, b, t + i, n, (n < size) & (t + i < last), WIDE)
            h = _advance(h, us[i], steps[i], A_log2, B_t)
            hs += (h,)
        for i in tl.static_range(T - 1, -1, -1):
            there = here & (t + i < last)
            reads_there = (n < size) & (t + i < last)
            B_t = _row(B, b, t + i, n, reads_there, WIDE)
            C_t = _row(C, b, t + i, n, reads_there, WIDE)
            dout = dys[i]
            if gate is not None:
                gate_t = _row(gate, b, t + i, e, there, WIDE)
                read = tl.sum(hs[i + 1] * C_t, axis=1, keep_dims=True) + D_e * us[i]
                _write(dgate, b, t + i, e, there, dout * read * silu_slope(gate_t))
                dout = dout * silu(gate_t)
            dh += dout * C_t
            decay = tl.exp2(steps[i] * A_log2)
            dB_t = _over_channels(dh * (steps[i] * us[i]))
            dC_t = _over_channels(hs[i + 1] * dout)
            dentry = tl.sum(dh * B_t, axis=1, keep_dims=True)
            dh *= decay
            ddecay = dh * hs[i]  # of log2(decay) = Δ A
            dA += ddecay * steps[i]
            dstep = tl.sum(ddecay * A_log2, axis=1, keep_dims=True) * _LN_2 + dentry * us[i]
            if bias is not None:
                raw = _row(delta, b, t + i, e, there, WIDE)
                dstep *= sigmoid(raw + tl.load(bias + e, mask=here, other=0.0).to(WIDE))
                dbias += tl.where(there, dstep, 0.0)
            dD += dout * us[i]
            _write(du, b, t + i, e, there, steps[i] * dentry + D_e * dout)
            _write(ddelta, b, t + i, e, there, dstep)
            row_B = (2 * block * batch + b) * length + t + i
            row_C = ((2 * block + 1) * batch + b) * length + t + i
            tl.store(dreads + row_B * size + n, dB_t, mask=reads_there)
            tl.store(dreads + row_C * size + n, dC_t, mask=reads_there)
    if first == 0:
        tl.store(dstart + b * size * inner + tile, dh, mask=tile_here)
    sums = dchannels + row * (size + 2) * inner
    tl.store(sums + tile, dA, mask=tile_here)
    tl.store(sums + size * inner + e, dD, mask=here)
    tl.store(sums + (size + 1) * inner + e, dbias, mask=here)


@triton.jit
@no_type_check
def _place(inner, N: tl.constexpr, R: tl.constexpr, L: tl.constexpr):
    """The sequence, states and channels of this program; blocks of one sequence are neighbours."""
    blocks = tl.cdiv(inner, R * L)
    program = tl.program_id(0)
    rows = tl.arange(0, R)[:, None, None] * L + tl.arange(0, L)[None, None, :]
    n = tl.arange(0, N)[None, :, None]
    return (program // blocks).to(tl.int64), n, (program % blocks) * (R * L) + rows


@triton.jit
@no_type_check
def _decay_rates(A, tile, mask, WIDE: tl.constexpr):
    return tl.load(A + tile, mask=mask, other=0.0).to(WIDE) * _LOG2_E


@triton.jit
@no_type_check
def _advance(h, u, step, A_log2, B):
    """One step of the recurrence."""
    return tl.exp2(step * A_log2) * h + (step * u) * B


@triton.jit
@no_type_check
def _over_channels(x):
    return tl.sum(tl.sum(x, axis=0, keep_dims=True), axis=2, keep_dims=True)


@triton.jit
@no_type_check
def _steps(delta, bias, b, t, last, e, here, T: tl.constexpr, WIDE: tl.constexpr):
    """Δ of the T tokens from t on, zero where there is no token."""
    steps = _rows(delta, b, t, last, e, here, T, WIDE)
    if bias is not None:
        shift = tl.load(bias + e, mask=here, other=0.0).to(WIDE)
        curved = ()
        for i in tl.static_range(T):
            curved += (tl.where(here & (t + i < last), softplus(steps[i] + shift), 0.0),)
        steps = curved
    return steps


@triton.jit
@no_type_check
def _rows(rows, b, t, last, e, here, T: tl.constexpr, WIDE: tl.constexpr):
    """The T tokens from t on, zero where there is none."""
    found = ()
    for i in tl.static_range(T):
        found += (_row(rows, b, t + i, e, here & (t + i < last), WIDE),)
    return found


@triton.jit
@no_type_check
def _row(rows, b, t, columns, mask, WIDE: tl.constexpr):
    start = rows[0] + b * rows[1] + t * rows[2]
    return tl.load(start + columns, mask=mask, other=0.0).to(WIDE)


@triton.jit
@no_type_check
def _write(rows, b, t, columns, mask, values):
    start = rows[0] + b * rows[1] + t * rows[2]
    tl.store(start + columns, values.to(rows[0].dtype.element_ty), mask=mask)
