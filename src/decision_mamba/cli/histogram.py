"""A picture of how numbers are distributed, for a terminal."""

import math

import numpy as np
from jaxtyping import Float
from numpy import ndarray

_ROWS = 12
_BAR = 40  # characters of the longest bar; with its labels a line stays below 80
_EIGHTHS = " ▏▎▍▌▋▊▉"


def histogram(values: Float[ndarray, " n"]) -> list[str]:
    """Draws one line per range of values, with a bar as long as the range is often met.

    Ranges begin at round numbers and are all of the same width; there are at most 12.
    """
    width = _round_width(float(values.min()), float(values.max()))
    ranges = np.floor(values / width).astype(int)
    counts = np.bincount(ranges - ranges.min())
    edges = (ranges.min() + np.arange(len(counts) + 1)) * width
    labels = [f"{edge:,.{_decimals(width)}f}" for edge in edges]
    wide = max(len(label) for label in labels)
    digits = len(f"{counts.max():,}")
    rows = zip(labels[:-1], labels[1:], counts.tolist(), strict=True)
    return [
        f"{low:>{wide}} to {high:>{wide}}  {count:>{digits},}  {_bar(count / counts.max())}"
        for low, high, count in rows
    ]


def _round_width(low: float, high: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten with which few enough ranges do."""
    largest = max(abs(low), abs(high))
    span = max(high - low, 1e-6 * largest) if high > low else largest or 1.0
    power = 10.0 ** math.floor(math.log10(span / _ROWS))
    widths = [factor * power for factor in (1, 2, 2.5, 5, 10, 20)]
    return next(w for w in widths if math.floor(high / w) - math.floor(low / w) < _ROWS)


def _decimals(width: float) -> int:
    for decimals in range(9):
        if math.isclose(round(width, decimals), width, rel_tol=1e-6):
            return decimals
    return 9


def _bar(share: float) -> str:
    eighths = math.ceil(share * _BAR * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
