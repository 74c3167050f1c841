"""What decaying complex modes, each standing for itself and its conjugate, do over a sequence.

A mode follows h_t = A h_{t-1}. A system of real numbers has its modes in conjugate pairs, of
which one is kept: what is read from it counts twice its real part.
"""

import torch
from jaxtyping import Complex, Float
from torch import Tensor


def powers(A: Complex[Tensor, "e n"], length: int) -> Complex[Tensor, "e l n"]:
    """1, A, A² … A^(l-1), by doubling.

    Products of A itself, and not exp(t log A): so they err as the recurrence does, whose fast
    modes turn hundreds of times in a long sequence.
    """
    factor = A[:, None]
    known = torch.ones_like(factor)
    while known.shape[1] < length:
        known = torch.cat([known, factor * known[:, : length - known.shape[1]]], dim=1)
        factor = factor * factor
    return known


def response(
    weights: Complex[Tensor, "e k n"], powers: Complex[Tensor, "e l n"]
) -> Float[Tensor, "e k l"]:
    """2 Re Σ_n weights_n A_n^t for each of the l times t and each of k ways to weigh the modes."""
    return 2 * _side_by_side(weights.conj()) @ _side_by_side(powers).transpose(1, 2)


def gathered(
    u: Float[Tensor, "e b l"], powers: Complex[Tensor, "e l n"]
) -> Complex[Tensor, "e b n"]:
    """Σ_t A^(l-1-t) u_t: where the modes are after the last of the inputs."""
    sums = u.flip(2) @ _side_by_side(powers)
    return torch.view_as_complex(sums.view(*sums.shape[:2], -1, 2))


def heard(C: Complex[Tensor, "e n"], h: Complex[Tensor, "b e n"]) -> Float[Tensor, "b e"]:
    """2 Re Σ_n C_n h_n."""
    return 2 * (C * h).sum(-1).real


def _side_by_side(z: Complex[Tensor, "e k n"]) -> Float[Tensor, "e k 2*n"]:
    return torch.view_as_real(z.resolve_conj()).flatten(2)
