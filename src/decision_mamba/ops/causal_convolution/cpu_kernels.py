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
        block = slice(low, min(low + width, inner))
        for b in range(group * batch // groups, (group + 1) * batch // groups):
            _sum_taps(b, block, x, weight, bias, start, y)
            _keep_last(b, block, x, start, end)


@compiled
@no_type_check
def _sum_taps(b, block, x, weight, bias, start, y):
    length, before = x.shape[1], weight.shape[0] - 1
    for t in range(length):
        row = y[b, t][block]
        if bias.size:
            _copy(row, bias[block])
        else:
            _clear(row)
        for k in range(before + 1):
            source = t - before + k
            if source >= 0:
                _add_product(row, weight[k][block], x[b, source][block])
            elif start.size:
                _add_product(row, weight[k][block], start[b, before + source][block])


@compiled
@no_type_check
def _keep_last(b, block, x, start, end):
    length, before = x.shape[1], end.shape[1]
    for i in range(before):
        source = length - before + i
        if source >= 0:
            _copy(end[b, i][block], x[b, source][block])
        elif start.size:
            _copy(end[b, i][block], start[b, before + source][block])
        else:
            _clear(end[b, i][block])


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
        block = slice(low, min(low + width, inner))
        for k in range(before + 1):
            _clear(dweight[group, k][block])
        _clear(dbias[group][block])
        for b in range(group * batch // groups, (group + 1) * batch // groups):
            for t in range(length):
                _add(dbias[group][block], dy[b, t][block])
            for source in range(-before, 0):
                _gather(b, source, block, weight, dy, dend, dstart[b, before + source][block])
                if start.size:
                    token = start[b, before + source][block]
                    _correlate(b, source, block, token, dy, dweight[group])
            for source in range(length):
                _gather(b, source, block, weight, dy, dend, dx[b, source][block])
                _correlate(b, source, block, x[b, source][block], dy, dweight[group])


@compiled
@no_type_check
def _gather(b, source, block, weight, dy, dend, dtoken):
    """Sums what the token at `source` gave to the outputs and to the last tokens."""
    length, before = dy.shape[1], weight.shape[0] - 1
    kept = source - length + before
    if kept >= 0 and dend.size:
        _copy(dtoken, dend[b, kept][block])
    else:
        _clear(dtoken)
    for k in range(before + 1):
        t = source + before - k
        if 0 <= t < length:
            _add_product(dtoken, weight[k][block], dy[b, t][block])


@compiled
@no_type_check
def _correlate(b, source, block, token, dy, dweight):
    length, before = dy.shape[1], dweight.shape[0] - 1
    for k in range(before + 1):
        t = source + before - k
        if 0 <= t < length:
            _add_product(dweight[k][block], token, dy[b, t][block])


@compiled
@no_type_check
def _add_product(total, left, right):
    for j in range(total.size):
        total[j] += left[j] * right[j]


@compiled
@no_type_check
def _add(total, part):
    for j in range(total.size):
        total[j] += part[j]


@compiled
@no_type_check
def _copy(total, part):
    for j in range(total.size):
        total[j] = part[j]


@compiled
@no_type_check
def _clear(total):
    for j in range(total.size):
        total[j] = 0.0
