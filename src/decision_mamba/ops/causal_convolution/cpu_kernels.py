"""The loops of the CPU's causal convolution, compiled by Numba.

Neighbouring channels lie side by side in memory and are computed sixteen at a time
(`ops/lanes.py`). A task is a group of sequences and a block of channels, as in the selective
scan, and tensors are given as there; what is summed over sequences (dweight, dbias) has one
partial sum per group.
"""

from typing import no_type_check

import numpy as np

from decision_mamba.ops.kernels import compiled_in_order
from decision_mamba.ops.lane_functions import silu
from decision_mamba.ops.lanes import COUNT, all_of, first, get, load, put, store


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
    for task in range(low_task, high_task):
        low = task % blocks * width
        high = min(low + width, inner)
        for b in range(task // blocks * batch // groups, (task // blocks + 1) * batch // groups):
            for t in range(length):
                for channel in range(low, high, COUNT):
                    lanes = first(min(COUNT, high - channel))
                    at = (b, t, channel)
                    out = _sum(tag, like, at, taps, lanes, x, weight, bias, start)
                    if bent:
                        out, _ = silu(out)
                    store(tag, y[0], b * y[1] + t * y[2] + channel, lanes, out)
            for t in range(length - taps + 1, length):
                kept = t - length + taps - 1
                for channel in range(low, high, COUNT):
                    lanes = first(min(COUNT, high - channel))
                    token = _token(tag, like, (b, t, channel), taps, lanes, x, start)
                    store(like, end[0], b * end[1] + kept * end[2] + channel, lanes, token)


@compiled_in_order
@no_type_check
def _sum(tag, like, at, taps, lanes, x, weight, bias, start):
    b, t, channel = at
    out = all_of(like, 0.0)
    if bias[0]:
        out = load(like, bias[0], channel, lanes)
    for k in range(taps):
        token = _token(tag, like, (b, t - taps + 1 + k, channel), taps, lanes, x, start)
        out = out + token * load(like, weight[0], k * weight[1] + channel, lanes)
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
def backward(
    low_task, high_task, tag, like, sizes,
    x, weight, bias, start, dy, dend, dx, dweight, dbias, dstart,
):  # fmt: skip
    """Fills the gradients; the arguments not named here are those of `forward`.

    Given are dy (b l e) and dend (b w-1 e, or not there for zeros). Filled are dx (b l e), dstart
    (b w-1 e), and the partial sums dweight (groups w e) and dbias (groups e).
    """
    batch, length, inner, taps, groups, width, bent = sizes
    blocks, tiles = -(-inner // width), -(-width // COUNT)
    # What reaches the sums of the last w tokens that were met, and dweight and dbias.
    recent = np.empty(tiles * taps * COUNT, type(like))
    sums = np.empty(tiles * (taps + 1) * COUNT, type(like))
    for task in range(low_task, high_task):
        group, low = task // blocks, task % blocks * width
        high = min(low + width, inner)
        sums[:] = 0
        for b in range(group * batch // groups, (group + 1) * batch // groups):
            recent[:] = 0
            for t in range(length - 1, -taps, -1):
                for channel in range(low, high, COUNT):
                    lanes = first(min(COUNT, high - channel))
                    tile, at = (channel - low) // COUNT, (b, t, channel)
                    dsum = all_of(like, 0.0)
                    if t >= 0:
                        dsum = load(tag, dy[0], b * dy[1] + t * dy[2] + channel, lanes)
                        if bent:
                            _, slope = silu(
                                _sum(tag, like, at, taps, lanes, x, weight, bias, start)
                            )
                            dsum = dsum * slope
                    put(recent, tile * taps + t % taps, dsum)
                    token = _token(tag, like, at, taps, lanes, x, start)
                    dtoken = _gather(like, at, length, taps, lanes, weight, dend, token,
                                     tile, recent, sums)  # fmt: skip
                    if t >= 0:
                        store(tag, dx[0], b * dx[1] + t * dx[2] + channel, lanes, dtoken)
                    else:
                        index = b * dstart[1] + (t + taps - 1) * dstart[2] + channel
                        store(like, dstart[0], index, lanes, dtoken)
        _write(like, dweight, dbias, group, low, high, taps, sums)


@compiled_in_order
@no_type_check
def _gather(
    like, at, length, taps, lanes, weight, dend, token, tile, recent, sums
):  # fmt: skip
    """Sums what a token gave to the outputs and to the last tokens; adds its part to dweight."""
    b, t, channel = at
    dtoken = all_of(like, 0.0)
    kept = t - length + taps - 1
    if dend[0] and kept >= 0:
        dtoken = load(like, dend[0], b * dend[1] + kept * dend[2] + channel, lanes)
    place = tile * (taps + 1)
    put(sums, place + taps, get(sums, place + taps) + get(recent, tile * taps + t % taps))
    for k in range(taps):
        later = t + taps - 1 - k
        if 0 <= later < length:
            dsum = get(recent, tile * taps + later % taps)
            dtoken = dtoken + dsum * load(like, weight[0], k * weight[1] + channel, lanes)
            put(sums, place + k, get(sums, place + k) + dsum * token)
    return dtoken


@compiled_in_order
@no_type_check
def _write(like, dweight, dbias, group, low, high, taps, sums):
    for channel in range(low, high, COUNT):
        lanes = first(min(COUNT, high - channel))
        place = (channel - low) // COUNT * (taps + 1)
        for k in range(taps):
            index = group * dweight[1] + k * dweight[2] + channel
            store(like, dweight[0], index, lanes, get(sums, place + k))
        store(like, dbias[0], group * dbias[1] + channel, lanes, get(sums, place + taps))
