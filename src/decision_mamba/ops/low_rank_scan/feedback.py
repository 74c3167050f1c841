"""The low rank of a state space's matrix, read as a feedback: one real number per token.

With A = Λ - P P* the bilinear rule

    (2/Δ - A) h_t = (2/Δ + A) h_{t-1} + 2 B u_t

is a diagonal scan with two inputs, u and what is fed back,

    h_t = decay ⊙ h_{t-1} + entry u_t - return q_t,    q_t = P* (h_t + h_{t-1})

    decay = (2/Δ + Λ) / (2/Δ - Λ),  entry = 2 B / (2/Δ - Λ),  return = P / (2/Δ - Λ)
"""

import dataclasses

from jaxtyping import Complex, Float
from torch import Tensor

from decision_mamba.ops.discretisation import bilinear


@dataclasses.dataclass(frozen=True)
class Feedback:
    """A discretised matrix; each mode stands for itself and its conjugate.

    Attributes:
        decay: the factor of each mode from token to token, without feedback.
        entry: how the input enters the state.
        returned: how what is fed back leaves the state.
        sensed: P*, what is fed back of the state.
    """

    decay: Complex[Tensor, "e n"]
    entry: Complex[Tensor, "e n"]
    returned: Complex[Tensor, "e n"]
    sensed: Complex[Tensor, "e n"]


def discretised(
    delta: Float[Tensor, " e"],
    A: Complex[Tensor, "e n"],
    P: Complex[Tensor, "e n"],
    B: Complex[Tensor, "e n"],
) -> Feedback:
    """Discretises A - P P* and B by the bilinear rule with steps of length delta."""
    decay, entry = bilinear(delta, A, B)
    _, returned = bilinear(delta, A, P / 2)
    return Feedback(decay, entry, returned, sensed=P.conj())
