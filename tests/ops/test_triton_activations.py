"""The activations inside the kernels are torch's, far out and near zero too."""

from typing import no_type_check

import pytest
import torch
import triton
import triton.language as tl
from torch.nn import functional as F

from decision_mamba.ops.triton_activations import sigmoid, silu, silu_slope, softplus

NAMES = ("sigmoid", "silu", "silu_slope", "softplus")
X = torch.tensor([-1e4, -90.0, -18.0, -7.0, -1.0, -1e-3, 0.0, 0.5, 7.0, 19.9, 20.1, 90.0, 1e4])


@triton.jit
@no_type_check
def fill(x, found, count, SIZE: tl.constexpr):
    place = tl.arange(0, SIZE)
    mask = place < count
    x_here = tl.load(x + place, mask=mask, other=0.0)
    tl.store(found + place, sigmoid(x_here), mask=mask)
    tl.store(found + count + place, silu(x_here), mask=mask)
    tl.store(found + 2 * count + place, silu_slope(x_here), mask=mask)
    tl.store(found + 3 * count + place, softplus(x_here), mask=mask)


def computed(x: torch.Tensor) -> dict[str, torch.Tensor]:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    found = torch.full((4, len(x)), 7.0, dtype=x.dtype, device=device)
    fill[(1,)](x.to(device), found, len(x), SIZE=16)
    return dict(zip(NAMES, found.cpu(), strict=True))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_they_are_torchs(dtype: torch.dtype) -> None:
    x = X.to(dtype).requires_grad_()
    (slope,) = torch.autograd.grad(F.silu(x).sum(), x)

    found = computed(X.to(dtype))

    wanted = {"sigmoid": x.sigmoid(), "silu": F.silu(x), "silu_slope": slope}
    for name, tensor in wanted.items():
        torch.testing.assert_close(found[name], tensor.detach(), rtol=2e-6, atol=1e-30, msg=name)


def test_small_step_sizes_keep_their_last_digits() -> None:
    exact = F.softplus(X.double(), threshold=1000.0)

    # torch itself is straight above 20, as are the kernels, 2e-9 away.
    torch.testing.assert_close(computed(X)["softplus"].double(), exact, rtol=1e-6, atol=1e-40)


def test_a_nan_stays_one() -> None:
    found = computed(torch.tensor([float("nan")]))

    assert all(bool(tensor.isnan().all()) for tensor in found.values())
