"""A few rows at a time come out as torch's own functions make them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from decision_mamba.ops import few_rows

ZERO = np.float32(0)


def address(part: Tensor | None) -> int:
    return 0 if part is None else part.data_ptr()


@pytest.mark.parametrize("with_bias", [True, False])
@pytest.mark.parametrize("entering", [1, 8, 16, 17, 40])
@pytest.mark.parametrize("leaving", [1, 3, 4, 5, 18])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_linear_map_is_torchs(rows: int, leaving: int, entering: int, with_bias: bool) -> None:
    wide, weight = torch.randn(rows, entering + 5), torch.randn(leaving, entering)
    bias = torch.randn(leaving) if with_bias else None
    y = torch.full((rows * leaving + 1,), float("nan"))

    few_rows.linear(
        ZERO, rows, address(wide), entering + 5, address(weight), address(bias),
        (entering, leaving), address(y),
    )  # fmt: skip

    wanted = F.linear(wide[:, :entering], weight, bias)
    torch.testing.assert_close(y[:-1].view(rows, leaving), wanted, atol=1e-5, rtol=1e-5)
    assert y[-1].isnan()


@pytest.mark.parametrize("width", [1, 7, 16, 50])
def test_a_norm_with_a_bias_is_the_layer_norm(width: int) -> None:
    x, weight, bias = 3 + torch.randn(2, width), torch.randn(width), torch.randn(width)
    y = torch.full((2 * width + 1,), float("nan"))

    few_rows.norm(ZERO, 2, address(x), address(weight), address(bias), width, address(y))

    wanted = F.layer_norm(x, (width,), weight, bias)
    torch.testing.assert_close(y[:-1].view(2, width), wanted, atol=1e-5, rtol=1e-5)
    assert y[-1].isnan()


def test_a_norm_without_a_bias_is_the_root_mean_square_norm() -> None:
    x, weight, y = 3 + torch.randn(2, 50), torch.randn(50), torch.empty(2, 50)

    few_rows.norm(ZERO, 2, address(x), address(weight), 0, 50, address(y))

    torch.testing.assert_close(y, F.rms_norm(x, (50,), weight, eps=1e-5))


@pytest.mark.parametrize(("kernel", "function"), [(few_rows.gelu, F.gelu), (few_rows.relu, F.relu)])
def test_an_activation_is_torchs(kernel: Any, function: Callable[[Tensor], Tensor]) -> None:
    x = torch.cat([torch.linspace(-12, 12, 1001), torch.tensor([0.0, -100.0, 100.0])])
    bent = x.clone()

    kernel(ZERO, len(bent) - 1, address(bent))

    # In float64, because torch's own GELU of float32 is up to 8e-7 off.
    torch.testing.assert_close(bent[:-1], function(x.double())[:-1].float(), atol=3e-7, rtol=1e-6)
    assert bent[-1] == 100.0


def test_an_activation_hands_on_what_is_not_a_number() -> None:
    x = torch.full((3,), float("nan"))

    few_rows.gelu(ZERO, 1, address(x))
    few_rows.relu(ZERO, 2, address(x))

    assert x.isnan().all()


def test_rows_are_added() -> None:
    x, y = torch.arange(20.0), torch.ones(20)

    few_rows.add(ZERO, 19, address(x), address(y))

    assert y.tolist() == [*(1.0 + i for i in range(19)), 1.0]
