"""SiLU and softplus with their slopes, for use inside Triton kernels."""

from typing import no_type_check

import triton
import triton.language as tl

_LOG2_E = tl.constexpr(1.4426950408889634)
_LN_2 = tl.constexpr(0.6931471805599453)
_STRAIGHT = tl.constexpr(20.0)  # softplus(x) is x to the last bit above, and in torch


@triton.jit
@no_type_check
def sigmoid(x):
    """Finds 1 / (1 + exp(-x)) from numbers that are never above one and so never overflow."""
    small = tl.exp2(-tl.abs(x) * _LOG2_E)
    return tl.where(x < 0.0, small, 1.0) / (1.0 + small)


@triton.jit
@no_type_check
def silu(x):
    """Multiplies x by sigmoid(x)."""
    return x * sigmoid(x)


@triton.jit
@no_type_check
def silu_slope(x):
    """The derivative of silu at x."""
    part = sigmoid(x)
    return part * (1.0 + x * (1.0 - part))


@triton.jit
@no_type_check
def softplus(x):
    """log(1 + exp(x)), as precise for the small step sizes that Mamba starts with.

    log(w) / (w - 1) hardly changes around w = 1, so the error of rounding w = 1 + exp(x) cancels.
    Source: Goldberg, "What every computer scientist should know about floating-point
    arithmetic", 1991, theorem 4.
    """
    power = tl.exp2(tl.where(x > _STRAIGHT, _STRAIGHT, x) * _LOG2_E)
    w = 1.0 + power
    exact = w == 1.0
    curved = power * (tl.log2(w) * _LN_2 / tl.where(exact, 1.0, w - 1.0))
    return tl.where(x > _STRAIGHT, x, tl.where(exact, power, curved))
