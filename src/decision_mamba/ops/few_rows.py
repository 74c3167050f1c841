"""Layer norm, linear maps and activations of a few rows, for kernels that Numba compiles.

A library's matrix product of three rows spends most of its time on being called and on arranging
its factors. Here each weight passes once from memory to the processor, and what is computed of it
is done at once. A tensor is given by its address; its rows are dense. Address 0 stands for one
that is not there.
"""

import math
from typing import no_type_check

import numpy as np

from decision_mamba.ops.kernels import compiled, compiled_in_order, compiled_part
from decision_mamba.ops.lane_functions import exp
from decision_mamba.ops.lanes import (
    COUNT,
    absolute,
    all_of,
    first,
    fused,
    larger,
    load,
    number,
    set_number,
    store,
    total,
    where_negative,
)

_EPSILON = 1e-5  # torch.nn.LayerNorm's own
_ROOT_HALF = 0.7071067811865476
# 1 - erf(z) = t exp(p(t) - z²), t = 1 / (1 + z / 2), for z ≥ 0 within 1.2e-7 of itself: Press et
# al. 1992, Numerical Recipes, section 6.2.
_P = tuple(
    map(
        np.float32,
        (
            -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806,
            0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
        ),
    )
)  # fmt: skip


@compiled_in_order
@no_type_check
def linear(like, rows, x, stride, weight, bias, sizes, y):
    """Writes x weightᵀ + bias into y.

    Args:
        like: a number of the type of everything.
        rows: how many x has.
        x: rows, `stride` numbers from one to the next.
        stride: at least the first of the sizes.
        weight: as torch.nn.Linear keeps it, out in.
        bias: may be not there.
        sizes: in, out.
        y: rows out.
    """
    entering, leaving = sizes
    whole = leaving - leaving % 4
    for o in range(0, whole, 4):  # four sums at a time hide how long each addition takes
        for row in range(rows):
            a = b = c = d = all_of(like, 0.0)
            for i in range(0, entering, COUNT):
                lanes = first(min(COUNT, entering - i))
                x_i, at = load(like, x, row * stride + i, lanes), o * entering + i
                a = fused(x_i, load(like, weight, at, lanes), a)
                b = fused(x_i, load(like, weight, at + entering, lanes), b)
                c = fused(x_i, load(like, weight, at + 2 * entering, lanes), c)
                d = fused(x_i, load(like, weight, at + 3 * entering, lanes), d)
            place = row * leaving + o
            _finish(like, place, o, bias, y, total(a))
            _finish(like, place + 1, o + 1, bias, y, total(b))
            _finish(like, place + 2, o + 2, bias, y, total(c))
            _finish(like, place + 3, o + 3, bias, y, total(d))
    for o in range(whole, leaving):
        for row in range(rows):
            a = all_of(like, 0.0)
            for i in range(0, entering, COUNT):
                lanes = first(min(COUNT, entering - i))
                x_i = load(like, x, row * stride + i, lanes)
                a = fused(x_i, load(like, weight, o * entering + i, lanes), a)
            _finish(like, row * leaving + o, o, bias, y, total(a))


@compiled_part
@no_type_check
def _finish(like, place, o, bias, y, value):
    set_number(like, y, place, value + number(like, bias, o) if bias else value)


@compiled_in_order
@no_type_check
def norm(like, rows, x, weight, bias, width, y):
    """Writes the layer norm of every row; without a bias the root-mean-square norm."""
    for row in range(rows):
        at = row * width
        mean = _sum(like, x, at, width, like, 1) / width if bias else like
        variance = _sum(like, x, at, width, mean, 2) / width
        centre, scale = all_of(like, mean), all_of(like, 1 / math.sqrt(variance + _EPSILON))
        for i in range(0, width, COUNT):
            lanes = first(min(COUNT, width - i))
            out = (load(like, x, at + i, lanes) - centre) * scale * load(like, weight, i, lanes)
            if bias:
                out = out + load(like, bias, i, lanes)
            store(like, y, at + i, lanes, out)


@compiled
@no_type_check
def _sum(like, x, at, width, centre, power):
    """The sum of x - centre, or of its squares."""
    whole = like
    for i in range(width):
        off = number(like, x, at + i) - centre
        whole += off if power == 1 else off * off
    return whole


@compiled_in_order
@no_type_check
def gelu(like, count, x):
    """Overwrites `count` numbers with x Φ(x)."""
    for i in range(0, count, COUNT):
        lanes = first(min(COUNT, count - i))
        x_i = load(like, x, i, lanes)
        z = absolute(x_i) * _ROOT_HALF
        t = all_of(z, 1.0) / (z * 0.5 + 1.0)
        p = t * _P[9] + _P[8]
        p = p * t + _P[7]
        p = p * t + _P[6]
        p = p * t + _P[5]
        p = p * t + _P[4]
        p = p * t + _P[3]
        p = p * t + _P[2]
        p = p * t + _P[1]
        p = p * t + _P[0]
        # x Φ(x) is x minus what is left of 1 above z, and for x < 0 that alone.
        rest = x_i * t * exp(p - z * z) * 0.5
        store(like, x, i, lanes, where_negative(x_i, rest, x_i - rest))


@compiled_in_order
@no_type_check
def relu(like, count, x):
    """Overwrites `count` numbers with those of them that are above 0, and 0 for the others."""
    for i in range(0, count, COUNT):
        lanes = first(min(COUNT, count - i))
        x_i = load(like, x, i, lanes)
        store(like, x, i, lanes, larger(x_i, all_of(x_i, 0.0)))


@compiled_in_order
@no_type_check
def add(like, count, x, y):
    """Adds `count` numbers of x to those of y."""
    for i in range(0, count, COUNT):
        lanes = first(min(COUNT, count - i))
        store(like, y, i, lanes, load(like, x, i, lanes) + load(like, y, i, lanes))
