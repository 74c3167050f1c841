"""The loops of the CPU's causal convolution, compiled by Numba.

Neighbouring channels lie side by side in memory and are computed sixteen at a time, a tile
(`ops/lanes.py`); tokens pass row by row, as memory is read fastest. A task is a group of
sequences and a block of channels, as in the selective scan, and tensors are given as there; what
is summed over sequences (dweight, dbias) has one partial sum per group.
"""

from typing import no_type_check

import numpy as np

from decision_mamba.ops.kernels import compiled_in_order
from decision_mamba.ops.lane_functions import silu
from decision_mamba.ops.lanes import COUNT, all_of, first, fused, get, load, put, store

CHUNK = 16  # tokens whose gradients the backward pass keeps at a time


@compiled_in_order
@no_type_check
def forward(low_task, high_task, tag, like, sizes, x, weight, bias, start, y, end):
    """Fills y and `end`, the last w - 1 tokens.

    Args:
        low_task: the first task.
        high_task: the task after the last one.
        tag: a number of the type of x and y.
        like: a number of the type of all else, which is computed in.
        sizes: b, l, e, w, groups of sequences, channels in a block, whether silu is wanted.
        x: b l e.
        weight: w e.
        bias: e, or not there.
        start: b w-1 e, or not there for zeros.
        y: b l e.
        end: b w-1 e.
    """
    batch, length, inner, taps, groups, width, bent = sizes
    blocks = -(-inner // width)
    weights = np.empty(-(-width // COUNT) * (taps + 1) * COUNT, type(like))
    for task in range(low_task, high_task):
        low = task % blocks * width
        high = min(low + width, inner)
        _read_weights(like, low, high, taps, weight, bias, weights)
        for b in range(task // blocks * batch // groups, (task // blocks + 1) * batch // groups):
            for t in range(length):
                for channel in range(low, high, COUNT):
                    lanes = first(min(COUNT, high - channel))
                    place = (channel - low) // COUNT * (taps + 1)
                    out = _sum(tag, like, (b, t, channel), taps, lanes, x, start, weights, place)
                    if bent:
                        out, _ = silu(out)
                    store(tag, y[0], b * y[1] + t * y[2] + channel, lanes, out)
            for kept in range(taps - 1):
                for channel in range(low, high, COUNT):
                    lanes = first(min(COUNT, high - channel))
                    at = (b, length - taps + 1 + kept, channel)
                    token = _token(tag, like, at, taps, lanes, x, start)
                    store(like, end[0], b * end[1] + kept * end[2] + channel, lanes, token)


@compiled_in_order
@no_type_check
def backward(
    low_task, high_task, tag, like, sizes,
    x, weight, bias, start, dy, dend, dx, dweight, dbias, dstart,
):  # fmt: skip
    """Fills the gradients; the arguments not named here are those of `forward`.

    Given are dy (b l e) and dend (b w-1 e, or not there for zeros). Filled are dx (b l e), dstart
    (b w-1 e), and the partial sums dweight (groups w e) and dbias (groups e).
    """
    batch, length, inner, taps, groups, width, _ = sizes
    blocks, tiles = -(-inner // width), -(-width // COUNT)
    weights = np.empty(tiles * (taps + 1) * COUNT, type(like))
    dweights = np.empty_like(weights)
    # The gradients of the sums of a chunk's tokens, and of the w - 1 after them.
    dsums = np.empty(tiles * (CHUNK + taps - 1) * COUNT, type(like))
    for task in range(low_task, high_task):
        group, low = task // blocks, task % blocks * width
        high = min(low + width, inner)
        _read_weights(like, low, high, taps, weight, bias, weights)
        dweights[:] = 0
        for b in range(group * batch // groups, (group + 1) * batch // groups):
            dsums[:] = 0
            for t in range((length - 1) // CHUNK * CHUNK, -1, -CHUNK):
                at, steps = (b, t, low, high), min(CHUNK, length - t)
                _move_on(tiles, steps, taps, dsums)
                _enter_back(tag, like, at, steps, sizes, x, start, dy, weights, dsums)
                _leave_back(tag, like, at, steps, sizes, dend, weights, dsums, dx, 0)
                for channel in range(low, high, COUNT):
                    lanes = first(min(COUNT, high - channel))
                    tile, here = (channel - low) // COUNT, (b, t, channel)
                    _correlate(tag, like, here, steps, taps, lanes, tile, x, start, dsums, dweights)
            _move_on(tiles, taps - 1, taps, dsums)
            at = (b, 1 - taps, low, high)
            _leave_back(like, like, at, taps - 1, sizes, dend, weights, dsums, dstart, taps - 1)
        _write(like, dweight, dbias, group, low, high, taps, dweights)


@compiled_in_order
@no_type_check
def _enter_back(tag, like, at, steps, sizes, x, start, dy, weights, dsums):
    """Finds the gradients of a chunk's sums."""
    b, t, low, high = at
    taps, bent = sizes[3], sizes[6]
    for s in range(steps):
        for channel in range(low, high, COUNT):
            lanes = first(min(COUNT, high - channel))
            tile, here = (channel - low) // COUNT, (b, t + s, channel)
            dsum = load(tag, dy[0], b * dy[1] + (t + s) * dy[2] + channel, lanes)
            if bent:
                place = tile * (taps + 1)
                _, slope = silu(_sum(tag, like, here, taps, lanes, x, start, weights, place))
                dsum = dsum * slope
            put(dsums, tile * (CHUNK + taps - 1) + s, dsum)


@compiled_in_order
@no_type_check
def _leave_back(tag, like, at, steps, sizes, dend, weights, dsums, dtokens, shift):
    """Writes the gradients of a chunk's tokens, the one at time 0 to the row `shift`."""
    b, t, low, high = at
    length, taps = sizes[1], sizes[3]
    for s in range(steps):
        for channel in range(low, high, COUNT):
            lanes = first(min(COUNT, high - channel))
            tile = (channel - low) // COUNT
            dtoken = _kept(like, b, t + s - length, channel, taps, lanes, dend)
            for k in range(taps):
                later = tile * (CHUNK + taps - 1) + s + taps - 1 - k
                dtoken = fused(get(dsums, later), get(weights, tile * (taps + 1) + k), dtoken)
            index = b * dtokens[1] + (t + s + shift) * dtokens[2] + channel
            store(tag, dtokens[0], index, lanes, dtoken)


@compiled_in_order
@no_type_check
def _sum(tag, like, at, taps, lanes, x, start, weights, place):
    b, t, channel = at
    out = get(weights, place + taps)
    earlier = max(taps - 1 - t, 0)  # taps that meet tokens of the state
    for k in range(earlier, taps):
        index = b * x[1] + (t - taps + 1 + k) * x[2] + channel
        out = fused(load(tag, x[0], index, lanes), get(weights, place + k), out)
    if start[0]:
        for k in range(earlier):
            index = b * start[1] + (t + k) * start[2] + channel
            out = fused(load(like, start[0], index, lanes), get(weights, place + k), out)
    return out


@compiled_in_order
@no_type_check
def _token(tag, like, at, taps, lanes, x, start):
    """The token at a time, or before the first one that of the state."""
    b, t, channel = at
    if t >= 0:
        return load(tag, x[0], b * x[1] + t * x[2] + channel, lanes)
    if start[0]:
        return load(like, start[0], b * start[1] + (t + taps - 1) * start[2] + channel, lanes)
    return all_of(like, 0.0)


@compiled_in_order
@no_type_check
def _move_on(tiles, steps, taps, dsums):
    """Makes room for the gradients of `steps` tokens before those at hand, zeros to begin with."""
    for tile in range(tiles):
        row = tile * (CHUNK + taps - 1)
        for s in range(taps - 2, -1, -1):
            later = get(dsums, row + s)
            put(dsums, row + s, all_of(later, 0.0))
            put(dsums, row + steps + s, later)


@compiled_in_order
@no_type_check
def _kept(like, b, from_end, channel, taps, lanes, dend):
    """What reached a token as one of the last, `from_end` < 0 tokens before the end."""
    kept = from_end + taps - 1
    if dend[0] and kept >= 0:
        return load(like, dend[0], b * dend[1] + kept * dend[2] + channel, lanes)
    return all_of(like, 0.0)


@compiled_in_order
@no_type_check
def _correlate(tag, like, at, steps, taps, lanes, tile, x, start, dsums, dweights):
    b, t, channel = at
    row, place = tile * (CHUNK + taps - 1), tile * (taps + 1)
    for k in range(taps):
        dweight = get(dweights, place + k)
        for s in range(steps):
            token = _token(tag, like, (b, t + s - taps + 1 + k, channel), taps, lanes, x, start)
            dweight = fused(get(dsums, row + s), token, dweight)
        put(dweights, place + k, dweight)
    dbias = get(dweights, place + taps)
    for s in range(steps):
        dbias = dbias + get(dsums, row + s)
    put(dweights, place + taps, dbias)


@compiled_in_order
@no_type_check
def _read_weights(like, low, high, taps, weight, bias, weights):
    """Reads the taps of each tile, and after them its bias."""
    for channel in range(low, high, COUNT):
        lanes = first(min(COUNT, high - channel))
        place = (channel - low) // COUNT * (taps + 1)
        for k in range(taps):
            put(weights, place + k, load(like, weight[0], k * weight[1] + channel, lanes))
        put(weights, place + taps, all_of(like, 0.0))
        if bias[0]:
            put(weights, place + taps, load(like, bias[0], channel, lanes))


@compiled_in_order
@no_type_check
def _write(like, dweight, dbias, group, low, high, taps, dweights):
    for channel in range(low, high, COUNT):
        lanes = first(min(COUNT, high - channel))
        place = (channel - low) // COUNT * (taps + 1)
        for k in range(taps):
            index = group * dweight[1] + k * dweight[2] + channel
            store(like, dweight[0], index, lanes, get(dweights, place + k))
        store(like, dbias[0], group * dbias[1] + channel, lanes, get(dweights, place + taps))
