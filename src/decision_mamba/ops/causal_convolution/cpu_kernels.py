"""The loops of the CPU's causal convolution, compiled by Numba.

The innermost loop runs over neighbouring channels, which lie side by side in memory. A task is a
group of sequences and a block of channels, as in the selective scan; what is summed over
sequences (dweight, dbias) has one partial sum per group.
"""

from typing import no_type_check

from decision_mamba.ops.kernels import compiled


@compiled
@no_type_check
def forward(first, last, groups, width, x, weight, bias, start, y, end):
    """Fills y and `end`, the last w - 1 tokens.

    Args:
        first: the first task.
        last: the task after the last one.
        groups: groups of sequences; there are `groups` times ⌈e / width⌉ tasks.
        width: channels in a block.
        x: b l e.
        weight: w e.
        bias: e, or empty for none.
        start: b w-1 e, or empty for zeros.
        y: b l e.
        end: b w-1 e.
    """
    batch, _, inner = x.shape
    blocks = (inner + width - 1) // width
    for task in range(first, last):
        group, low = task // blocks, task % blocks * width
        high = min(low + width, inner)
        for b in range(group * batch // groups, (group + 1) * batch // groups):
            _sum_taps(b, low, high, x, weight, bias, start, y)
            _keep_last(b, low, high, x, start, end)


@compiled
@no_type_check
def _sum_taps(b, low, high, x, weight, bias, start, y):
    length, before = x.shape[1], weight.shape[0] - 1
    for t in range(length):
        for j in range(low, high):
            y[b, t, j] = bias[j] if bias.size else 0.0
        for k in range(before + 1):
            source = t - before + k
            if source >= 0:
                for j in range(low, high):
                    y[b, t, j] += weight[k, j] * x[b, source, j]
            elif start.size:
                for j in range(low, high):
                    y[b, t, j] += weight[k, j] * start[b, before + source, j]


@compiled
@no_type_check
def _keep_last(b, low, high, x, start, end):
    length, before = x.shape[1], end.shape[1]
    for i in range(before):
        source = length - before + i
        for j in range(low, high):
            if source >= 0:
                end[b, i, j] = x[b, source, j]
            else:
                end[b, i, j] = start[b, before + source, j] if start.size else 0.0


@compiled
@no_type_check
def backward(
    first, last, groups, width, x, weight, start, dy, dend, dx, dweight, dbias, dstart
):  # fmt: skip
    """Fills the gradients; the arguments not named here are those of `forward`.

    Given are dy (b l e) and dend (b w-1 e, or empty for zeros). Filled are dx (b l e), dstart
    (b w-1 e), and the partial sums dweight (groups w e) and dbias (groups e).
    """
    batch, length, inner = x.shape
    before = weight.shape[0] - 1
    blocks = (inner + width - 1) // width
    for task in range(first, last):
        group, low = task // blocks, task % blocks * width
        high = min(low + width, inner)
        dweight[group, :, low:high] = 0.0
        dbias[group, low:high] = 0.0
        for b in range(group * batch // groups, (group + 1) * batch // groups):
            for t in range(length):
                for j in range(low, high):
                    dbias[group, j] += dy[b, t, j]
            for source in range(-before, 0):
                row = dstart[b, before + source]
                _gather(b, source, low, high, weight, dy, dend, row)
                if start.size:
                    token = start[b, before + source]
                    _correlate(b, source, low, high, token, dy, dweight[group])
            for source in range(length):
                _gather(b, source, low, high, weight, dy, dend, dx[b, source])
                _correlate(b, source, low, high, x[b, source], dy, dweight[group])


@compiled
@no_type_check
def _gather(b, source, low, high, weight, dy, dend, row):
    """Sums into `row` what the token at `source` gave to later outputs and to the last state."""
    length, before = dy.shape[1], weight.shape[0] - 1
    kept = source - length + before
    for j in range(low, high):
        row[j] = dend[b, kept, j] if kept >= 0 and dend.size else 0.0
    for k in range(before + 1):
        t = source + before - k
        if 0 <= t < length:
            for j in range(low, high):
                row[j] += weight[k, j] * dy[b, t, j]


@compiled
@no_type_check
def _correlate(b, source, low, high, token, dy, dweight):
    length, before = dy.shape[1], dweight.shape[0] - 1
    for k in range(before + 1):
        t = source + before - k
        if 0 <= t < length:
            for j in range(low, high):
                dweight[k, j] += dy[b, t, j] * token[j]
