"""The loops of the CPU's selective scan, compiled by Numba.

The innermost loop runs over `width` neighbouring channels, which lie side by side in memory: the
processor takes 8 or 16 at once, sums over n need no shuffling, and sums over channels (for dB and
dC) are folded once per `width`. The state therefore lies as n e, not as e n.

A task is a group of sequences and a block of channels. What is summed over sequences (dA, dD) has
one partial sum per group, what is summed over channels (dB, dC) one per block; the caller adds
the partial sums in their order. No array here has the size b l e n: the backward pass meets the
states again chunk by chunk, from the one that the forward pass noted down before each chunk.
"""

import math
from typing import no_type_check

import numba
import numpy as np
from numba.extending import overload

from decision_mamba.ops.kernels import compiled

CHUNK = 16  # tokens between two noted states; their states and decays fit a core's second cache

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_LOWEST = np.float32(-87.0)  # e^x is subnormal soon below, and 0 to us
_LOG2_E = np.float32(1.44269504)
# Adding 1.5 * 2^23 rounds a float32: its low bits then hold the integer.
_TO_INTEGER = np.float32(12582912.0)
# ln 2 in two parts, the first short enough to be multiplied exactly (Cody and Waite 1980).
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
# e^r = 1 + r p(r) for |r| ≤ ln 2 / 2, least greatest relative error: 9.3e-8.
_P1, _P2 = np.float32(0.9999997), np.float32(0.49999142)
_P3, _P4 = np.float32(0.16667645), np.float32(0.04189885)
_P5 = np.float32(0.008290145)


# Without "reassoc", which would cancel the addition of _TO_INTEGER against its subtraction.
@numba.njit(fastmath={"contract", "nsz"}, error_model="numpy")
@no_type_check
def exp_float32(x):
    """Finds e^x for x ≤ 0 within 1.6e-7 of itself, and 0 below -87; NaN stays NaN."""
    shifted = x * _LOG2_E + _TO_INTEGER
    power = shifted - _TO_INTEGER
    r = x - power * _LN2_HIGH
    r = r - power * _LN2_LOW
    p = _P5
    p = p * r + _P4
    p = p * r + _P3
    p = p * r + _P2
    p = p * r + _P1
    p = p * r + _ONE
    exponent = np.float32(shifted).view(np.int32) << np.int32(23)
    scaled = np.int32(np.float32(p).view(np.int32) + exponent).view(np.float32)
    return _ZERO if x < _LOWEST else scaled


@no_type_check
def _exp(x):
    return exp_float32(x) if isinstance(x, np.float32) else math.exp(x)


@overload(_exp)
@no_type_check
def _exp_by_type(x):
    if x == numba.types.float32:
        return lambda x: exp_float32(x)
    return lambda x: math.exp(x)


@compiled
@no_type_check
def forward(first, last, groups, width, u, delta, A, B, C, D, start, y, end, noted):
    """Fills y, `end` (the last states) and, unless it is empty, `noted` (one state per chunk).

    Args:
        first: the first task.
        last: the task after the last one.
        groups: groups of sequences; there are `groups` times ⌈e / width⌉ tasks.
        width: channels in a block.
        u: b l e.
        delta: b l e.
        A: n e.
        B: b l n.
        C: b l n.
        D: e.
        start: b n e, or empty for zeros.
        y: b l e.
        end: b n e.
        noted: b chunks n e, or empty.
    """
    batch, _, inner = u.shape
    size = A.shape[0]
    blocks = (inner + width - 1) // width
    a, h = np.empty((size, width), u.dtype), np.empty((size, width), u.dtype)
    for task in range(first, last):
        low = task % blocks * width
        span = min(width, inner - low)
        _read(a, A, low, span)
        for b in range(*_sequences(task // blocks, groups, batch)):
            _read_or_zero(h, start, b, low, span)
            inputs = (u[b], delta[b], B[b], C[b], D)
            _advance(low, span, inputs, a, h, y[b], noted, b)
            _write(end[b], h, low, span)


@compiled
@no_type_check
def _advance(low, span, inputs, a, h, y, noted, b):
    """Runs one sequence, with h the state before it, then after it."""
    u, delta, B, C, D = inputs
    length, size = B.shape
    width = a.shape[1]
    dt, dx, out = np.empty(width, u.dtype), np.empty(width, u.dtype), np.empty(width, u.dtype)
    for t in range(length):
        if noted.size and t % CHUNK == 0:
            _write(noted[b, t // CHUNK], h, low, span)
        for j in range(span):
            dt[j] = delta[t, low + j]
            dx[j] = dt[j] * u[t, low + j]
            out[j] = D[low + j] * u[t, low + j]
        for n in range(size):
            B_n, C_n = B[t, n], C[t, n]
            for j in range(span):
                h_j = _exp(dt[j] * a[n, j]) * h[n, j] + dx[j] * B_n
                h[n, j] = h_j
                out[j] += h_j * C_n
        for j in range(span):
            y[t, low + j] = out[j]


@compiled
@no_type_check
def backward(
    first, last, groups, width,
    u, delta, A, B, C, D, noted, dy, dend,
    du, ddelta, dA, dB, dC, dD, dstart,
):  # fmt: skip
    """Fills the gradients; the arguments not named here are those of `forward`.

    Given are dy (b l e) and dend (b n e, or empty for zeros). Filled are du and ddelta (b l e),
    dstart (b n e), and the partial sums dA (groups n e), dD (groups e), dB and dC (blocks b l n).
    """
    batch, length, inner = u.shape
    size = A.shape[0]
    blocks = (inner + width - 1) // width
    steps = min(CHUNK, length)
    # states[s] is h before the chunk's step s, decays[s] is exp(Δ_s A).
    states = np.empty((steps + 1, size, width), u.dtype)
    decays = np.empty((steps, size, width), u.dtype)
    a, da = np.empty((size, width), u.dtype), np.empty((size, width), u.dtype)
    dh, dd = np.empty((size, width), u.dtype), np.empty(width, u.dtype)
    for task in range(first, last):
        group, block = task // blocks, task % blocks
        low = block * width
        span = min(width, inner - low)
        _read(a, A, low, span)
        _clear(da)
        for j in range(span):
            dd[j] = 0.0
        for b in range(*_sequences(group, groups, batch)):
            _read_or_zero(dh, dend, b, low, span)
            for t in range((length - 1) // CHUNK * CHUNK, -1, -CHUNK):
                now = slice(t, min(t + CHUNK, length))
                inputs = (u[b, now], delta[b, now], B[b, now], C[b, now], dy[b, now])
                _read(states[0], noted[b, t // CHUNK], low, span)
                _replay(low, span, inputs, a, states, decays, dC[block, b, now])
                grads = (du[b, now], ddelta[b, now], dB[block, b, now])
                _retrace(low, span, inputs, a, D, states, decays, grads, dh, da, dd)
            _write(dstart[b], dh, low, span)
        _write(dA[group], da, low, span)
        for j in range(span):
            dD[group, low + j] = dd[j]


@compiled
@no_type_check
def _replay(low, span, inputs, a, states, decays, dC):
    """Meets the states of one chunk again, and sums dC on the way."""
    u, delta, B, _, dy = inputs
    zero = u.dtype.type(0)
    steps, size = B.shape
    width = a.shape[1]
    dt, dx, out = np.empty(width, u.dtype), np.empty(width, u.dtype), np.empty(width, u.dtype)
    for s in range(steps):
        for j in range(span):
            dt[j] = delta[s, low + j]
            dx[j] = dt[j] * u[s, low + j]
            out[j] = dy[s, low + j]
        for n in range(size):
            B_n, dC_n = B[s, n], zero
            for j in range(span):
                decay = _exp(dt[j] * a[n, j])
                h_j = decay * states[s, n, j] + dx[j] * B_n
                decays[s, n, j] = decay
                states[s + 1, n, j] = h_j
                dC_n += h_j * out[j]
            dC[s, n] = dC_n


@compiled
@no_type_check
def _retrace(low, span, inputs, a, D, states, decays, grads, dh, da, dd):
    """Goes through one chunk from its end; dh, of the state after it, becomes that before it."""
    u, delta, B, C, dy = inputs
    du, ddelta, dB = grads
    zero = u.dtype.type(0)
    steps, size = B.shape
    width = a.shape[1]
    dt, dx, out = np.empty(width, u.dtype), np.empty(width, u.dtype), np.empty(width, u.dtype)
    # What reaches Δ_t u_t through the entry, and Δ_t through the decay, summed over n.
    through_entry, through_decay = np.empty(width, u.dtype), np.empty(width, u.dtype)
    for s in range(steps - 1, -1, -1):
        for j in range(span):
            dt[j] = delta[s, low + j]
            dx[j] = dt[j] * u[s, low + j]
            out[j] = dy[s, low + j]
            through_entry[j] = zero
            through_decay[j] = zero
        for n in range(size):
            B_n, C_n, dB_n = B[s, n], C[s, n], zero
            for j in range(span):
                dh_j = dh[n, j] + out[j] * C_n
                dB_n += dh_j * dx[j]
                through_entry[j] += dh_j * B_n
                before = dh_j * decays[s, n, j]
                dh[n, j] = before
                exponent = before * states[s, n, j]
                through_decay[j] += exponent * a[n, j]
                da[n, j] += exponent * dt[j]
            dB[s, n] = dB_n
        for j in range(span):
            u_j = u[s, low + j]
            du[s, low + j] = through_entry[j] * dt[j] + out[j] * D[low + j]
            ddelta[s, low + j] = through_entry[j] * u_j + through_decay[j]
            dd[j] += out[j] * u_j


@compiled
@no_type_check
def _sequences(group, groups, batch):
    return group * batch // groups, (group + 1) * batch // groups


@compiled
@no_type_check
def _read(block, whole, low, span):
    for n in range(whole.shape[0]):
        for j in range(span):
            block[n, j] = whole[n, low + j]


@compiled
@no_type_check
def _read_or_zero(block, wholes, b, low, span):
    if wholes.size:
        _read(block, wholes[b], low, span)
    else:
        _clear(block)


@compiled
@no_type_check
def _write(whole, block, low, span):
    for n in range(whole.shape[0]):
        for j in range(span):
            whole[n, low + j] = block[n, j]


@compiled
@no_type_check
def _clear(block):
    for n in range(block.shape[0]):
        for j in range(block.shape[1]):
            block[n, j] = 0.0
