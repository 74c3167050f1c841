"""One block of a policy on a few tokens of one sequence, as a single kernel.

At so few tokens a block is some thirty operations of a few microseconds, of which most is spent
on calling them. The convolution and the scan are those of `ops`.
"""

from typing import no_type_check

from decision_mamba.ops import few_rows
from decision_mamba.ops.causal_convolution import cpu_kernels as convolution
from decision_mamba.ops.kernels import compiled_in_order, compiled_part
from decision_mamba.ops.lane_functions import exp
from decision_mamba.ops.lanes import (
    COUNT,
    absolute,
    all_of,
    first,
    load,
    number,
    set_number,
    store,
    where_negative,
)
from decision_mamba.ops.selective_scan import cpu_kernels as scan

_BYTES = 4  # in a number


@compiled_in_order
@no_type_check
def step(like, sizes, weights, x, start, end, y, scratch):
    """Fills y and `end`, the state after the tokens.

    Args:
        like: zero in the type of everything, float32.
        sizes: l, the first token that is wanted, d, e, n, w, rank, width of the channel mixing or
            0 without one, whether it bends by GELU.
        weights: addresses, in the order of `stepping.py`; 0 for what is not there.
        x: l d.
        start: addresses of the state: w-1 e and n e; 0 at the start of the sequence.
        end: likewise.
        y: (l - first wanted) d.
        scratch: numbers that may be overwritten; as many as `stepping.py` counts.
    """
    length, wanted, width, inner, n, _, rank, _, _ = sizes
    norm, norm_bias, in_proj, in_bias = weights[:4]
    x_proj, dt_proj, out_proj, out_bias = weights[6], weights[7], weights[11], weights[12]
    normed = scratch
    both = normed + _BYTES * length * width
    u = both + _BYTES * length * 2 * inner
    low = u + _BYTES * length * inner
    delta = low + _BYTES * length * (rank + 2 * n)
    mixed = delta + _BYTES * length * inner
    rest = mixed + _BYTES * length * inner

    few_rows.norm(like, length, x, norm, norm_bias, width, normed)
    few_rows.linear(like, length, normed, width, in_proj, in_bias, (width, 2 * inner), both)
    _convolve(like, sizes, weights, both, start[0], u, end[0], rest)
    few_rows.linear(like, length, u, inner, x_proj, 0, (inner, rank + 2 * n), low)
    few_rows.linear(like, length, low, rank + 2 * n, dt_proj, 0, (rank, inner), delta)
    _scan(like, sizes, weights, (u, delta, low, both), start[1], mixed, end[1], rest)
    mixed += _BYTES * wanted * inner
    rows = length - wanted
    few_rows.linear(like, rows, mixed, inner, out_proj, out_bias, (inner, width), y)
    few_rows.add(like, rows * width, x + _BYTES * wanted * width, y)
    _mix_channels(like, sizes, weights, y, normed, rest)


@compiled_part
@no_type_check
def _convolve(like, sizes, weights, both, start, u, end, taps):
    length, _, _, inner, _, w, _, _, _ = sizes
    for k in range(w):
        for j in range(inner):
            set_number(like, taps, k * inner + j, number(like, weights[4], j * w + k))
    past = (w - 1) * inner
    convolution.forward(
        0, 1, like, like, (1, length, inner, w, 1, inner, True),
        (both, 0, 2 * inner), (taps, inner), (weights[5],), (start, past, inner),
        (u, 0, inner), (end, past, inner),
    )  # fmt: skip


@compiled_part
@no_type_check
def _scan(like, sizes, weights, tokens, start, mixed, end, A):
    u, delta, low, both = tokens
    length, _, _, inner, n, _, rank, _, _ = sizes
    columns = rank + 2 * n
    _decay(like, inner, n, weights[9], A, A + _BYTES * n * inner)
    scan.forward(
        0, 1, like, like, (1, length, inner, n, 1, inner),
        (u, 0, inner), (delta, 0, inner), (A, inner),
        (low + _BYTES * rank, 0, columns), (low + _BYTES * (rank + n), 0, columns), (weights[10],),
        (start, 0, inner), (both + _BYTES * inner, 0, 2 * inner), (weights[8],),
        (mixed, 0, inner), (end, 0, inner), (0, 0, 0),
    )  # fmt: skip


@compiled_part
@no_type_check
def _decay(like, inner, n, A_log, A, row):
    """Writes -exp(A_log), e n, as n e."""
    for j in range(inner):
        for k in range(0, n, COUNT):
            lanes = first(min(COUNT, n - k))
            power = load(like, A_log, j * n + k, lanes)
            small = exp(-absolute(power))  # never overflows
            rate = where_negative(power, small, all_of(like, 1.0) / small)
            store(like, row, k, lanes, -rate)
        for k in range(n):
            set_number(like, A, k * inner + j, number(like, row, k))


@compiled_part
@no_type_check
def _mix_channels(like, sizes, weights, y, normed, bent):
    length, wanted, width, _, _, _, _, hidden, gelu = sizes
    if not hidden:
        return
    norm, norm_bias, wide, wide_bias, narrow, narrow_bias = weights[13:]
    rows = length - wanted
    few_rows.norm(like, rows, y, norm, norm_bias, width, normed)
    few_rows.linear(like, rows, normed, width, wide, wide_bias, (width, hidden), bent)
    if gelu:
        few_rows.gelu(like, rows * hidden, bent)
    else:
        few_rows.relu(like, rows * hidden, bent)
    few_rows.linear(like, rows, bent, hidden, narrow, narrow_bias, (hidden, width), normed)
    few_rows.add(like, rows * width, normed, y)
