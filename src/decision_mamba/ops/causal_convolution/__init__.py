"""A short causal convolution, each channel with taps of its own: a sequence or one step."""

import functools
from collections.abc import Callable
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from decision_mamba.errors import BadInput
from decision_mamba.ops.backends import backend_for
from decision_mamba.ops.causal_convolution import grouped, reference

__all__ = ["causal_convolution"]

Convolve: TypeAlias = Callable[
    [Tensor, Tensor, Tensor | None, Tensor | None, bool], tuple[Tensor, Tensor]
]


def causal_convolution(
    x: Float[Tensor, "b l e"],
    weight: Float[Tensor, "e w"],
    bias: Float[Tensor, " e"] | None = None,
    state: Float[Tensor, "b w-1 e"] | None = None,
    *,
    silu: bool = False,
) -> tuple[Float[Tensor, "b l e"], Float[Tensor, "b w-1 e"]]:
    """Sums the present token and the w - 1 before it,

        y_t = bias + Σ_k weight[:, k] ⊙ x_{t-w+1+k}

    as `reference.py` means it. Computes in float32 at least. Where x is a slice of wider rows, no
    backend needs a copy of it.

    Args:
        x: input.
        weight: the taps in the order of time; the last one meets the present token, as in
            torch.nn.Conv1d with its input padded on the left.
        bias: added to every token; none if None.
        state: the w - 1 tokens before the first; zeros if None.
        silu: whether silu(y) takes the place of y.

    Returns:
        y in the type of x, and the last w - 1 tokens: the state for the tokens that follow.

    Raises:
        BadInput: the shapes do not belong together, or there is no token.
    """
    _refuse_wrong_shapes(x, weight, bias, state)
    backend = backend_for(x.device)
    convolve = _BACKENDS[backend]
    types = {part.dtype for part in (x, weight, bias, state) if part is not None}
    if types == {torch.float32} or backend in _WIDENING:
        return convolve(x, weight, bias, state, silu)
    wide = functools.reduce(torch.promote_types, types, torch.float32)
    y, last = convolve(
        x.to(wide),
        weight.to(wide),
        None if bias is None else bias.to(wide),
        None if state is None else state.to(wide),
        silu,
    )
    return y.to(x.dtype), last


def _refuse_wrong_shapes(
    x: Tensor, weight: Tensor, bias: Tensor | None, state: Tensor | None
) -> None:
    # The kernels trust the shapes with their memory, and jaxtyping checks them in tests only.
    batch, length, inner = x.shape
    taps = weight.shape[-1]
    fits = (
        length > 0
        and weight.shape == (inner, taps)
        and (bias is None or bias.shape == (inner,))
        and (state is None or state.shape == (batch, taps - 1, inner))
    )
    if not fits:
        got = [None if part is None else tuple(part.shape) for part in (x, weight, bias, state)]
        raise BadInput(
            "causal_convolution wants x (b, l, e) of at least one token, weight (e, w), bias (e) "
            f"and state (b, w-1, e); got {', '.join(map(str, got))}"
        )
    if any(part is not None and part.device != x.device for part in (weight, bias, state)):
        raise BadInput(
            "causal_convolution wants x, weight, bias and state on one device; "
            f"x is on {x.device} and another is not"
        )


def _on_cpu(
    x: Tensor, weight: Tensor, bias: Tensor | None, state: Tensor | None, silu: bool
) -> tuple[Tensor, Tensor]:
    # Numba takes half a second to import, which nobody should pay before the first call.
    from decision_mamba.ops.causal_convolution import cpu

    result: tuple[Tensor, Tensor] = cpu.causal_convolution(x, weight, bias, state, silu)
    return result


def _on_card(
    x: Tensor, weight: Tensor, bias: Tensor | None, state: Tensor | None, silu: bool
) -> tuple[Tensor, Tensor]:
    # Triton is an extra, and takes as long to import as Numba.
    from decision_mamba.ops.causal_convolution import triton

    result: tuple[Tensor, Tensor] = triton.causal_convolution(x, weight, bias, state, silu)
    return result


_BACKENDS: dict[str, Convolve] = {
    "reference": reference.causal_convolution,
    "associative": grouped.causal_convolution,
    "cpu": _on_cpu,
    "triton": _on_card,
}

_WIDENING = ("cpu", "triton")  # their kernels widen each number as they read it
