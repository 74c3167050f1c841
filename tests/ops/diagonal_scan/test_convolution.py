"""The diagonal scan as a convolution equals the one of single steps."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.diagonal_scan import convolution, diagonal_scan, reference


def system(dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Three channels of four modes, some of which last for a thousand tokens and turn fast."""
    torch.manual_seed(0)
    rate, angle = torch.rand(3, 4, dtype=dtype) * 0.01, torch.randn(3, 4, dtype=dtype)
    A = torch.exp(torch.complex(-rate, angle))
    return A, torch.randn_like(A), torch.randn_like(A)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.float64, 1e-10)])
@pytest.mark.parametrize("length", [1, 2, 63, 64, 65, 1000])
@pytest.mark.usefixtures("poisoned")
def test_it_equals_the_recurrence(dtype: torch.dtype, tolerance: float, length: int) -> None:
    A, B, C = system(dtype)
    u, state = torch.randn(2, length, 3, dtype=dtype), torch.randn(2, 3, 4, dtype=A.dtype)

    y, h = convolution.diagonal_scan(u, A, B, C, state)

    expected_y, expected_h = reference.diagonal_scan(u, A, B, C, state)
    scale = float(expected_y.abs().max())
    torch.testing.assert_close(y, expected_y, rtol=0, atol=tolerance * scale)
    torch.testing.assert_close(h, expected_h, rtol=0, atol=tolerance * scale)


@pytest.mark.parametrize("scan", [reference.diagonal_scan, convolution.diagonal_scan])
def test_gradients_are_the_slopes(scan: Callable[..., Any]) -> None:
    A, B, C = system(torch.float64)
    u, state = torch.randn(1, 6, 3, dtype=torch.float64), torch.randn(1, 3, 4, dtype=A.dtype)
    inputs = [part.requires_grad_() for part in (u, A, B, C, state)]

    assert torch.autograd.gradcheck(scan, inputs, fast_mode=True)


def test_chunks_in_a_row_equal_the_whole() -> None:
    A, B, C = system(torch.float64)
    u = torch.randn(2, 70, 3, dtype=torch.float64)
    whole, last = diagonal_scan(u, A, B, C)

    first, h = diagonal_scan(u[:, :50], A, B, C)
    second, h = diagonal_scan(u[:, 50:68], A, B, C, h)
    third, h = diagonal_scan(u[:, 68:], A, B, C, h)

    torch.testing.assert_close(torch.cat([first, second, third], dim=1), whole)
    torch.testing.assert_close(h, last)


def test_the_reference_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(convolution, "diagonal_scan")
    A, B, C = system(torch.float32)

    with use_backend("reference"):
        y, _ = diagonal_scan(torch.ones(1, 9, 3), A, B, C)

    assert y.shape == (1, 9, 3)


def test_half_precision_is_computed_in_whole() -> None:
    A, B, C = system(torch.float32)
    u = torch.randn(1, 20, 3).bfloat16()

    with torch.autocast("cpu", dtype=torch.bfloat16):
        y, h = diagonal_scan(u, A, B, C)

    expected, last = diagonal_scan(u.float(), A, B, C)
    assert torch.equal(y, expected.bfloat16())
    assert torch.equal(h, last)


def test_no_token_is_refused() -> None:
    A, B, C = system(torch.float32)

    with pytest.raises(BadInput, match="diagonal_scan got no token"):
        diagonal_scan(torch.zeros(1, 0, 3), A, B, C)
