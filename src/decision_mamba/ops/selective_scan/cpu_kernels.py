"""The loops of the CPU's selective scan, compiled by Numba.

Neighbouring channels lie side by side in memory and are computed sixteen at a time, a tile
(`ops/lanes.py`). Tokens come in chunks. Within a tile and a chunk the outer loop is over n, so
that h, its gradient, A's row and A's gradient stay in registers while the chunk's tokens pass by
in a core's first cache; sums over n need no shuffling, and sums over channels (dB and dC) keep
sixteen partial sums until all tiles of the chunk have added theirs.

A task is a group of sequences and a block of channels. What is summed over sequences (dA, dD,
dbias) has one partial sum per group, what is summed over channels (dB, dC) one per block; the
caller adds the partial sums in their order. No array here has the size b l e n: the backward pass
meets the states again chunk by chunk, from the one that the forward pass noted down before each.

A tensor is given as its address and the strides of all axes but the last, in numbers; the last
axis is dense. Address 0 stands for a tensor that is not there. `tag` tells how the tokens lie in
memory (u, delta, B, C, gate, y and what has their shape), `like` how all else does and what is
computed in.
"""

from typing import no_type_check

import numpy as np

from decision_mamba.ops.kernels import compiled_in_order, compiled_part
from decision_mamba.ops.lane_functions import exp2, silu, softplus
from decision_mamba.ops.lanes import (
    COUNT,
    all_of,
    first,
    fused,
    get,
    load,
    number,
    put,
    set_number,
    store,
    total,
)

CHUNK = 16  # tokens between two noted states; a tile's part of them fits a core's first cache

_LOG2_E, _LN2 = 1.4426950408889634, 0.6931471805599453


@compiled_in_order
@no_type_check
def forward(
    low_task, high_task, tag, like, sizes, u, delta, A, B, C, D, start, gate, bias, y, end, noted
):  # fmt: skip
    """Fills y, `end` (the last states) and, unless it is not there, `noted` (one state per chunk).

    Args:
        low_task: the first task.
        high_task: the task after the last one.
        tag: a number of the tokens' type.
        like: a number of the type that is computed in.
        sizes: b, l, e, n, groups of sequences, channels in a block.
        u: b l e.
        delta: b l e.
        A: n e.
        B: b l n.
        C: b l n.
        D: e.
        start: b n e, or not there for zeros.
        gate: b l e, or not there.
        bias: e, of delta; not there where delta is the step size itself.
        y: b l e.
        end: b n e.
        noted: (b chunks) n e, or not there.
    """
    batch, length, inner, size, groups, width = sizes
    blocks, tiles, chunks = -(-inner // width), -(-width // COUNT), -(-length // CHUNK)
    a = np.empty(tiles * size * COUNT, type(like))
    h = np.empty_like(a)
    rows = np.empty(3 * CHUNK * COUNT, type(like))
    for task in range(low_task, high_task):
        low = task % blocks * width
        high = min(low + width, inner)
        _read(like, (A[0], 0, A[1]), 0, low, high, size, a, _LOG2_E)
        for b in range(task // blocks * batch // groups, (task // blocks + 1) * batch // groups):
            _read(like, start, b, low, high, size, h, 1.0)
            for t in range(0, length, CHUNK):
                steps = min(CHUNK, length - t)
                _write(like, noted, b * chunks + t // CHUNK, low, high, size, h)
                for channel in range(low, high, COUNT):
                    lanes = first(min(COUNT, high - channel))
                    place = (channel - low) // COUNT * size
                    at = (b, t, channel)
                    _enter(tag, like, at, steps, lanes, u, delta, D, bias, rows)
                    _advance(tag, at, steps, size, place, B, C, a, h, rows)
                    _leave(tag, at, steps, lanes, gate, y, rows)
            _write(like, end, b, low, high, size, h)


@compiled_part
@no_type_check
def _enter(tag, like, at, steps, lanes, u, delta, D, bias, rows):
    """Puts Δ, Δ u and D u of a chunk into the rows."""
    b, t, channel = at
    skip = load(like, D[0], channel, lanes)
    for s in range(steps):
        step = load(tag, delta[0], b * delta[1] + (t + s) * delta[2] + channel, lanes)
        if bias[0]:
            step, _ = softplus(step + load(like, bias[0], channel, lanes))
        x = load(tag, u[0], b * u[1] + (t + s) * u[2] + channel, lanes)
        put(rows, s, step)
        put(rows, CHUNK + s, step * x)
        put(rows, 2 * CHUNK + s, skip * x)


@compiled_part
@no_type_check
def _advance(tag, at, steps, size, place, B, C, a, h, rows):
    """Takes h through a chunk, and adds to y what is read of it."""
    b, t, _ = at
    for n in range(size):
        h_n, a_n = get(h, place + n), get(a, place + n)
        for s in range(steps):
            B_n = number(tag, B[0], b * B[1] + (t + s) * B[2] + n)
            C_n = number(tag, C[0], b * C[1] + (t + s) * C[2] + n)
            h_n = fused(exp2(get(rows, s) * a_n), h_n, get(rows, CHUNK + s) * B_n)
            put(rows, 2 * CHUNK + s, get(rows, 2 * CHUNK + s) + h_n * C_n)
        put(h, place + n, h_n)


@compiled_part
@no_type_check
def _leave(tag, at, steps, lanes, gate, y, rows):
    b, t, channel = at
    for s in range(steps):
        out = get(rows, 2 * CHUNK + s)
        if gate[0]:
            passed, _ = silu(load(tag, gate[0], b * gate[1] + (t + s) * gate[2] + channel, lanes))
            out = out * passed
        store(tag, y[0], b * y[1] + (t + s) * y[2] + channel, lanes, out)


@compiled_in_order
@no_type_check
def backward(
    low_task, high_task, tag, like, sizes,
    u, delta, A, B, C, D, gate, bias, noted, dy, dend,
    du, ddelta, dA, dB, dC, dD, dstart, dgate, dbias,
):  # fmt: skip
    """Fills the gradients; the arguments not named here are those of `forward`.

    Given are dy (b l e) and dend (b n e, or not there for zeros). Filled are du, ddelta and dgate
    (b l e), dstart (b n e), and the partial sums dA (groups n e), dD and dbias (groups e), dB and
    dC (blocks b l n, of the type that is computed in). What belongs to no input is not there.
    """
    batch, length, inner, size, groups, width = sizes
    blocks, tiles, chunks = -(-inner // width), -(-width // COUNT), -(-length // CHUNK)
    a = np.empty(tiles * size * COUNT, type(like))
    da, dh = np.empty_like(a), np.empty_like(a)
    dchannels = np.empty(2 * tiles * COUNT, type(like))
    dreads = np.empty(2 * CHUNK * size * COUNT, type(like))
    rows = np.empty(_ROWS * CHUNK * COUNT, type(like))
    for task in range(low_task, high_task):
        group, block = task // blocks, task % blocks
        low, high = block * width, min(block * width + width, inner)
        _read(like, (A[0], 0, A[1]), 0, low, high, size, a, _LOG2_E)
        da[:] = 0
        dchannels[:] = 0
        for b in range(group * batch // groups, (group + 1) * batch // groups):
            _read(like, dend, b, low, high, size, dh, 1.0)
            for t in range((length - 1) // CHUNK * CHUNK, -1, -CHUNK):
                steps = min(CHUNK, length - t)
                dreads[:] = 0
                for channel in range(low, high, COUNT):
                    lanes = first(min(COUNT, high - channel))
                    tile = (channel - low) // COUNT
                    at = (b, t, channel)
                    before = noted[0], (b * chunks + t // CHUNK) * noted[1] + channel, noted[2]
                    _enter_back(tag, like, at, steps, lanes, u, delta, D, gate, bias, dy, rows)
                    _retrace(tag, like, at, steps, lanes, size, tile * size,
                             B, C, before, a, da, dh, dreads, rows)  # fmt: skip
                    _leave_back(tag, like, at, steps, lanes, D, bias, du, ddelta, dgate,
                                tile, dchannels, rows)  # fmt: skip
                _write_reads(like, dB, dC, block, b, t, steps, size, dreads)
            _write(like, dstart, b, low, high, size, dh)
        _write(like, dA, group, low, high, size, da)
        _write_channels(like, dD, dbias, group, low, high, dchannels)


# What the backward pass keeps of each token of a chunk, in rows of their own.
_STEP, _ENTRY, _DY, _Y, _U, _SLOPE, _DGATE, _DENTRY, _DEXPONENT, _STATE, _DECAY = range(11)
_ROWS = 11


@compiled_part
@no_type_check
def _enter_back(tag, like, at, steps, lanes, u, delta, D, gate, bias, dy, rows):
    """Puts what a chunk's tokens need into the rows."""
    b, t, channel = at
    skip = load(like, D[0], channel, lanes)
    zero = all_of(like, 0.0)
    for s in range(steps):
        x = load(tag, u[0], b * u[1] + (t + s) * u[2] + channel, lanes)
        step = load(tag, delta[0], b * delta[1] + (t + s) * delta[2] + channel, lanes)
        if bias[0]:
            step, slope = softplus(step + load(like, bias[0], channel, lanes))
            put(rows, _SLOPE * CHUNK + s, slope)
        dout = load(tag, dy[0], b * dy[1] + (t + s) * dy[2] + channel, lanes)
        if gate[0]:
            passed, slope = silu(
                load(tag, gate[0], b * gate[1] + (t + s) * gate[2] + channel, lanes)
            )
            put(rows, _DGATE * CHUNK + s, dout * slope)
            dout = dout * passed
        put(rows, _STEP * CHUNK + s, step)
        put(rows, _ENTRY * CHUNK + s, step * x)
        put(rows, _DY * CHUNK + s, dout)
        put(rows, _Y * CHUNK + s, skip * x)
        put(rows, _U * CHUNK + s, x)
        put(rows, _DENTRY * CHUNK + s, zero)
        put(rows, _DEXPONENT * CHUNK + s, zero)


@compiled_part
@no_type_check
def _retrace(
    tag, like, at, steps, lanes, size, place, B, C, before, a, da, dh, dreads, rows
):  # fmt: skip
    """Meets the states of a chunk again and goes back: dh becomes that of the state before it."""
    b, t, _ = at
    noted, index, per_state = before
    for n in range(size):
        a_n = get(a, place + n)
        h = load(like, noted, index + n * per_state, lanes)
        for s in range(steps):
            B_n = number(tag, B[0], b * B[1] + (t + s) * B[2] + n)
            C_n = number(tag, C[0], b * C[1] + (t + s) * C[2] + n)
            decay = exp2(get(rows, _STEP * CHUNK + s) * a_n)
            put(rows, _STATE * CHUNK + s, h)
            put(rows, _DECAY * CHUNK + s, decay)
            h = fused(decay, h, get(rows, _ENTRY * CHUNK + s) * B_n)
            put(rows, _Y * CHUNK + s, get(rows, _Y * CHUNK + s) + h * C_n)
            read = 2 * (s * size + n) + 1
            put(dreads, read, get(dreads, read) + h * get(rows, _DY * CHUNK + s))
        dh_n, da_n = get(dh, place + n), get(da, place + n)
        for s in range(steps - 1, -1, -1):
            B_n = number(tag, B[0], b * B[1] + (t + s) * B[2] + n)
            C_n = number(tag, C[0], b * C[1] + (t + s) * C[2] + n)
            dh_n = dh_n + get(rows, _DY * CHUNK + s) * C_n
            read = 2 * (s * size + n)
            put(dreads, read, get(dreads, read) + dh_n * get(rows, _ENTRY * CHUNK + s))
            put(rows, _DENTRY * CHUNK + s, get(rows, _DENTRY * CHUNK + s) + dh_n * B_n)
            dh_n = dh_n * get(rows, _DECAY * CHUNK + s)
            exponent = dh_n * get(rows, _STATE * CHUNK + s)
            put(rows, _DEXPONENT * CHUNK + s, get(rows, _DEXPONENT * CHUNK + s) + exponent * a_n)
            da_n = da_n + exponent * get(rows, _STEP * CHUNK + s)
        put(dh, place + n, dh_n)
        put(da, place + n, da_n)


@compiled_part
@no_type_check
def _leave_back(
    tag, like, at, steps, lanes, D, bias, du, ddelta, dgate, tile, dchannels, rows
):  # fmt: skip
    b, t, channel = at
    skip = load(like, D[0], channel, lanes)
    dskip, dshift = get(dchannels, 2 * tile), get(dchannels, 2 * tile + 1)
    for s in range(steps):
        x, dout = get(rows, _U * CHUNK + s), get(rows, _DY * CHUNK + s)
        dentry = get(rows, _DENTRY * CHUNK + s)
        dx = dentry * get(rows, _STEP * CHUNK + s) + dout * skip
        dstep = dentry * x + get(rows, _DEXPONENT * CHUNK + s) * _LN2
        dskip = dskip + dout * x
        if bias[0]:
            dstep = dstep * get(rows, _SLOPE * CHUNK + s)
            dshift = dshift + dstep
        store(tag, du[0], b * du[1] + (t + s) * du[2] + channel, lanes, dx)
        store(tag, ddelta[0], b * ddelta[1] + (t + s) * ddelta[2] + channel, lanes, dstep)
        if dgate[0]:
            dz = get(rows, _DGATE * CHUNK + s) * get(rows, _Y * CHUNK + s)
            store(tag, dgate[0], b * dgate[1] + (t + s) * dgate[2] + channel, lanes, dz)
    put(dchannels, 2 * tile, dskip)
    put(dchannels, 2 * tile + 1, dshift)


@compiled_part
@no_type_check
def _write_reads(like, dB, dC, block, b, t, steps, size, dreads):
    for s in range(steps):
        for n in range(size):
            index = block * dB[1] + b * dB[2] + (t + s) * dB[3] + n
            set_number(like, dB[0], index, total(get(dreads, 2 * (s * size + n))))
            set_number(like, dC[0], index, total(get(dreads, 2 * (s * size + n) + 1)))


@compiled_part
@no_type_check
def _write_channels(like, dD, dbias, group, low, high, dchannels):
    for channel in range(low, high, COUNT):
        lanes = first(min(COUNT, high - channel))
        tile = (channel - low) // COUNT
        store(like, dD[0], group * dD[1] + channel, lanes, get(dchannels, 2 * tile))
        if dbias[0]:
            store(like, dbias[0], group * dbias[1] + channel, lanes, get(dchannels, 2 * tile + 1))


@compiled_part
@no_type_check
def _read(like, matrix, b, low, high, size, scratch, factor):
    """Reads n rows of a block of channels, the b-th such matrix, or zeros if it is not there."""
    for channel in range(low, high, COUNT):
        lanes = first(min(COUNT, high - channel))
        place = (channel - low) // COUNT * size
        for n in range(size):
            row = all_of(like, 0.0)
            if matrix[0]:
                index = b * matrix[1] + n * matrix[2] + channel
                row = load(like, matrix[0], index, lanes) * factor
            put(scratch, place + n, row)


@compiled_part
@no_type_check
def _write(like, matrix, b, low, high, size, scratch):
    if not matrix[0]:
        return
    for channel in range(low, high, COUNT):
        lanes = first(min(COUNT, high - channel))
        place = (channel - low) // COUNT * size
        for n in range(size):
            index = b * matrix[1] + n * matrix[2] + channel
            store(like, matrix[0], index, lanes, get(scratch, place + n))
