"""Functions of sixteen numbers at a time, against torch in float64."""

import math

import numba
import pytest
import torch

from decision_mamba.ops import lane_functions
from decision_mamba.ops.kernels import TAGS
from decision_mamba.ops.lanes import COUNT, first, load, store

TYPES = [torch.float32, torch.float64, torch.bfloat16]


@numba.njit
def apply(function, tag, like, count, x, y, slope):  # type: ignore[no-untyped-def]
    """Writes function(x), and its slope where it has one, for `count` numbers."""
    for i in range(0, count, COUNT):
        chosen = first(min(COUNT, count - i))
        bent, steepness = function(load(tag, x, i, chosen))
        store(like, y, i, chosen, bent)
        store(like, slope, i, chosen, steepness)


@numba.njit
def exp2_and_exp(x):  # type: ignore[no-untyped-def]
    return lane_functions.exp2(x), lane_functions.exp(x)


@numba.njit
def softplus(x):  # type: ignore[no-untyped-def]
    return lane_functions.softplus(x)


@numba.njit
def silu(x):  # type: ignore[no-untyped-def]
    return lane_functions.silu(x)


def found(function: object, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    tag, like = TAGS[x.dtype]
    wide = torch.promote_types(x.dtype, torch.float32)
    y, slope = torch.full_like(x, 7, dtype=wide), torch.full_like(x, 7, dtype=wide)
    apply(function, tag, like, len(x), x.data_ptr(), y.data_ptr(), slope.data_ptr())
    return y.double(), slope.double()


def worst(got: torch.Tensor, wanted: torch.Tensor) -> float:
    return float(((got - wanted) / wanted).abs().max())


def negatives(dtype: torch.dtype) -> torch.Tensor:
    return -torch.logspace(-9, math.log10(80), 1003, dtype=torch.float64).to(dtype)


@pytest.mark.parametrize("dtype", TYPES)
def test_exponentials_are_right_to_the_last_bits(dtype: torch.dtype) -> None:
    x = negatives(dtype)

    of_two, of_e = found(exp2_and_exp, x)

    assert worst(of_two, torch.exp2(x.double())) < 2e-7
    # Rounding x log2(e) costs the more the larger x is; the result is the smaller for it.
    assert float((of_e - x.double().exp()).abs().max()) < 1.5e-7


def test_exponentials_keep_their_ends() -> None:
    x = torch.tensor([0.0, -0.0, -126.0, -1e30, -math.inf, math.nan])

    of_two, _ = found(exp2_and_exp, x)

    assert of_two[:5].tolist() == [1.0, 1.0, 2.0**-126, 2.0**-126, 2.0**-126]
    assert math.isnan(of_two[5])


@pytest.mark.parametrize("dtype", TYPES)
def test_softplus_and_its_slope(dtype: torch.dtype) -> None:
    x = torch.cat([negatives(dtype), -negatives(dtype)])

    bent, slope = found(softplus, x)

    exact = x.double()
    assert worst(bent, torch.where(exact < 0, exact.exp().log1p(), exact - slope.log())) < 1e-5
    assert worst(slope, exact.sigmoid()) < 1e-5
    near = exact.abs() < 5
    assert worst(bent[near], torch.nn.functional.softplus(exact[near])) < 6e-7


@pytest.mark.parametrize("dtype", TYPES)
def test_silu_and_its_slope(dtype: torch.dtype) -> None:
    x = torch.cat([negatives(dtype), -negatives(dtype)])

    bent, slope = found(silu, x)

    exact = x.double()
    sigmoid = exact.sigmoid()
    torch.testing.assert_close(bent, exact * sigmoid, rtol=1e-6, atol=1e-7)
    wanted = sigmoid * (1 + exact * (1 - sigmoid))
    torch.testing.assert_close(slope, wanted, rtol=1e-6, atol=1e-6)
