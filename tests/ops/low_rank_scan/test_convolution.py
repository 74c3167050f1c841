"""The low-rank scan as convolutions equals the one of single steps."""

from typing import TypeAlias

import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.mixers import hippo
from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.low_rank_scan import convolution, low_rank_scan, reference
from decision_mamba.ops.low_rank_scan.feedback import discretised

CHANNELS, STATE = 3, 64

System: TypeAlias = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def system(dtype: torch.dtype) -> System:
    """HiPPO-LegS with steps of a thousandth, a hundredth and a tenth, and any C."""
    torch.manual_seed(0)
    delta = torch.tensor([1e-3, 1e-2, 1e-1], dtype=dtype)
    parts = hippo.legs_normal_and_low_rank(STATE)
    A, P, B = (torch.tensor(part).to(dtype.to_complex()).repeat(CHANNELS, 1) for part in parts)
    return delta, A, P, B, torch.randn_like(A)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.float64, 1e-10)])
@pytest.mark.parametrize("length", [1, 2, 63, 64, 65, 1000])
@pytest.mark.usefixtures("poisoned")
def test_it_equals_the_recurrence(dtype: torch.dtype, tolerance: float, length: int) -> None:
    delta, A, P, B, C = system(dtype)
    u = torch.randn(2, length, CHANNELS, dtype=dtype)
    state = torch.randn(2, *A.shape, dtype=A.dtype) / STATE
    matrix = discretised(delta, A, P, B)

    y, h = convolution.low_rank_scan(u, matrix, C, state)

    expected_y, expected_h = reference.low_rank_scan(u, matrix, C, state)
    scale = float(expected_y.abs().max())
    torch.testing.assert_close(y, expected_y, rtol=0, atol=tolerance * scale)
    torch.testing.assert_close(h, expected_h, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("length", [4, 9])  # one by one, and as convolutions
def test_gradients_are_the_slopes(length: int) -> None:
    parts = [part[:, :5].clone() if part.ndim == 2 else part for part in system(torch.float64)]
    u = torch.randn(1, length, CHANNELS, dtype=torch.float64)
    state = torch.randn(1, CHANNELS, 5, dtype=torch.complex128)
    inputs = [part.requires_grad_() for part in (u, *parts, state)]

    assert torch.autograd.gradcheck(low_rank_scan, inputs, fast_mode=True)


def test_chunks_in_a_row_equal_the_whole() -> None:
    parts = system(torch.float64)
    u = torch.randn(2, 70, CHANNELS, dtype=torch.float64)
    whole, last = low_rank_scan(u, *parts)

    first, h = low_rank_scan(u[:, :50], *parts)
    second, h = low_rank_scan(u[:, 50:68], *parts, h)
    third, h = low_rank_scan(u[:, 68:], *parts, h)

    torch.testing.assert_close(torch.cat([first, second, third], dim=1), whole)
    torch.testing.assert_close(h, last)


def test_the_reference_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(convolution, "low_rank_scan")

    with use_backend("reference"):
        y, _ = low_rank_scan(torch.ones(1, 9, CHANNELS), *system(torch.float32))

    assert y.shape == (1, 9, CHANNELS)


def test_half_precision_is_computed_in_whole() -> None:
    parts = system(torch.float32)
    u = torch.randn(1, 20, CHANNELS).bfloat16()

    with torch.autocast("cpu", dtype=torch.bfloat16):
        y, h = low_rank_scan(u, *parts)

    expected, last = low_rank_scan(u.float(), *parts)
    assert torch.equal(y, expected.bfloat16())
    assert torch.equal(h, last)


def test_no_token_is_refused() -> None:
    with pytest.raises(BadInput, match="low_rank_scan got no token"):
        low_rank_scan(torch.zeros(1, 0, CHANNELS), *system(torch.float32))
