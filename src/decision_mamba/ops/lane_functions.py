"""Functions of sixteen numbers at a time (`ops/lanes.py`)."""

from typing import no_type_check

import numpy as np
from numba.core import types
from numba.extending import overload

from decision_mamba.ops.kernels import compiled_part
from decision_mamba.ops.lanes import (
    absolute,
    all_of,
    exp2_by_library,
    larger,
    log_by_library,
    rounded_sum,
    times_power,
    where_negative,
)

# Adding 1.5 * 2^23 rounds a float32: its low bits then hold the integer.
_TO_INTEGER = np.float32(12582912.0)
_LOWEST = np.float32(-126.0)  # 2^x is subnormal below
# 2^r = 1 + r p(r) for |r| ≤ 1/2; least greatest relative error, 9.2e-8.
_P = tuple(map(np.float32, (0.69314698, 0.24022242, 0.05550734, 0.0096715, 0.00132646)))
# log(1 + z) = 2 s q(s²) with s = z / (2 + z), for 0 ≤ z ≤ 1; likewise, 4e-9.
_Q = tuple(map(np.float32, (1.0, 0.33333157, 0.20012458, 0.13980282, 0.14089186)))
_LOG2_E = 1.4426950408889634


@no_type_check
def exp2(_x):
    """2^x for x ≤ 0: of float32 within 3e-7 of itself, and not below 2^-126; NaN stays NaN."""


@no_type_check
def log1p(_z):
    """log(1 + z) for 0 ≤ z ≤ 1."""


@compiled_part
@no_type_check
def exp(x):
    """e^x for x ≤ 0, as exp2."""
    return exp2(x * _LOG2_E)


@compiled_part
@no_type_check
def softplus(x):
    """log(1 + e^x), and its slope, 1 / (1 + e^-x)."""
    small = exp(-absolute(x))  # never overflows
    above = larger(x, all_of(x, 0.0)) + log1p(small)
    return above, where_negative(x, small, all_of(x, 1.0)) / (small + 1.0)


@compiled_part
@no_type_check
def silu(x):
    """Finds x / (1 + e^-x), and its slope."""
    small = exp(-absolute(x))
    sigmoid = where_negative(x, small, all_of(x, 1.0)) / (small + 1.0)
    bent = x * sigmoid
    return bent, sigmoid + bent * (all_of(x, 1.0) - sigmoid)


@compiled_part
@no_type_check
def _exp2_float32(x):
    x = larger(x, all_of(x, _LOWEST))
    shifted = rounded_sum(x, all_of(x, _TO_INTEGER))
    r = x - rounded_sum(shifted, all_of(x, -_TO_INTEGER))
    p = r * _P[4] + _P[3]
    p = p * r + _P[2]
    p = p * r + _P[1]
    p = p * r + _P[0]
    p = p * r + 1.0
    return times_power(p, shifted)


@compiled_part
@no_type_check
def _log1p_float32(z):
    s = z / (z + 2.0)
    square = s * s
    q = square * _Q[4] + _Q[3]
    q = q * square + _Q[2]
    q = q * square + _Q[1]
    q = q * square + _Q[0]
    return (s + s) * q


@compiled_part
@no_type_check
def _log1p_float64(z):
    # What 1 + z lost by rounding is put right by the factor (Kahan).
    above = rounded_sum(z, all_of(z, 1.0))
    lost = rounded_sum(above, all_of(z, -1.0))
    ratio = log_by_library(above) * z / larger(lost, all_of(z, 1e-300))
    return where_negative(lost - 1e-15, z, ratio)


@overload(exp2)
@no_type_check
def _exp2_by_type(x):
    if x.dtype == types.float32:
        return lambda x: _exp2_float32(x)
    return lambda x: exp2_by_library(x)


@overload(log1p)
@no_type_check
def _log1p_by_type(z):
    if z.dtype == types.float32:
        return lambda z: _log1p_float32(z)
    return lambda z: _log1p_float64(z)
