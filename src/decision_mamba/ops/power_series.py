"""One over a power series, of which the first coefficients are known."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from decision_mamba.ops.long_convolution import long_convolution


def reciprocal(series: Float[Tensor, "e l"]) -> Float[Tensor, "e l"]:
    """The first l coefficients of 1 / Σ_k series_k z^k, row by row; series_0 must not be 0.

    Newton's iteration g ← g (2 - f g), which doubles the known coefficients each time.
    """
    length = series.shape[1]
    inverse = series[:, :1].reciprocal()
    while (known := inverse.shape[1]) < length:
        wanted = min(2 * known, length)
        inverse = F.pad(inverse, (0, wanted - known))
        excess = product(series[:, :wanted], inverse)
        missing = product(inverse, F.pad(excess[:, known:], (known, 0)))
        inverse = inverse - missing
    return inverse


def product(first: Float[Tensor, "e l"], second: Float[Tensor, "e l"]) -> Float[Tensor, "e l"]:
    """The first l coefficients of the product of two power series, row by row."""
    y: torch.Tensor = long_convolution(first[:, None], second)[:, 0]
    return y
