"""The loop of the CPU's dropout, compiled by Numba.

All 32-bit numbers are cast at every step: Numba widens them otherwise, and the processor would
take half as many at once.
"""

from typing import no_type_check

import numba
import numpy as np
from numba.extending import overload

from decision_mamba.ops.dropout.reference import (
    CHUNK,
    FIRST_32,
    FIRST_64,
    GOLDEN,
    SECOND_32,
    SECOND_64,
)
from decision_mamba.ops.kernels import compiled

TASK = 16 * CHUNK  # numbers in a task

_GOLDEN, _FIRST_64, _SECOND_64 = np.uint64(GOLDEN), np.uint64(FIRST_64), np.uint64(SECOND_64)
_FIRST_32, _SECOND_32 = np.uint32(FIRST_32), np.uint32(SECOND_32)


@compiled
@no_type_check
def drop(first, last, seed, limit, scale, x, y):
    """Fills y with what the seed keeps of x, times scale, and with zeros.

    Args:
        first: the first task.
        last: the task after the last one.
        seed: 64 bits.
        limit: what the 32 bits of a number must reach for it to be kept.
        scale: of what is kept.
        x: the numbers in a row; those of bfloat16 as their bits.
        y: as x.
    """
    for start in range(first * TASK, min(last * TASK, x.size), CHUNK):
        key = _mixed_64(seed + np.uint64(start // CHUNK) * _GOLDEN)
        low, high = np.uint32(key), np.uint32(key >> np.uint64(32))
        stop = min(start + CHUNK, x.size)
        _drop_chunk(low, high, limit, scale, x[start:stop], y[start:stop])


@compiled
@no_type_check
def _drop_chunk(low, high, limit, scale, x, y):
    zero = x.dtype.type(0)
    for j in range(x.size):
        bits = _mixed_32(np.uint32(np.uint32(j) + low))
        bits = _mixed_32(np.uint32(bits + high))
        y[j] = _scaled(x[j], scale) if bits >= limit else zero


@compiled
@no_type_check
def _mixed_64(key):
    key = (key ^ (key >> np.uint64(30))) * _FIRST_64
    key = (key ^ (key >> np.uint64(27))) * _SECOND_64
    return key ^ (key >> np.uint64(31))


@compiled
@no_type_check
def _mixed_32(bits):
    bits = np.uint32(np.uint32(bits ^ (bits >> np.uint32(16))) * _FIRST_32)
    bits = np.uint32(np.uint32(bits ^ (bits >> np.uint32(15))) * _SECOND_32)
    return np.uint32(bits ^ (bits >> np.uint32(16)))


@no_type_check
def _scaled(value, scale):
    return _scaled_bfloat16(value, scale) if isinstance(value, np.uint16) else value * scale


@overload(_scaled)
@no_type_check
def _scaled_by_type(value, scale):  # noqa: ARG001
    if value == numba.types.uint16:
        return lambda value, scale: _scaled_bfloat16(value, scale)
    return lambda value, scale: value * scale


@compiled
@no_type_check
def _scaled_bfloat16(value, scale):
    """Multiplies in float32 and rounds to the nearest bfloat16, of two to the even one."""
    wide = np.uint32(np.uint32(value) << np.uint32(16)).view(np.float32)
    bits = np.float32(wide * scale).view(np.uint32)
    odd = np.uint32(np.uint32(bits >> np.uint32(16)) & np.uint32(1))
    rounded = np.uint32(bits + np.uint32(np.uint32(0x7FFF) + odd))
    return np.uint16(rounded >> np.uint32(16))
