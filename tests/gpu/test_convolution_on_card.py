"""The convolution that a card runs is the reference, in outputs, gradients and last state."""

import pytest
import torch

from decision_mamba.ops.backends import backend_for
from tests.ops.causal_convolution.conftest import Case, case

pytestmark = pytest.mark.gpu

# length, batch, inner, taps
SIZES = [
    (1, 1, 1, 2), (2, 3, 5, 4), (60, 64, 256, 4), (65, 2, 300, 6), (8192, 1, 64, 4),
]  # fmt: skip


def on(device: torch.device, given: Case, dtype: torch.dtype) -> Case:
    parts = tuple(None if part is None else part.to(device, dtype) for part in given.parts)
    return Case(parts, given.dy.to(device, dtype), given.dstate.to(device, dtype), given.silu)


@pytest.mark.parametrize("silu", [True, False])
@pytest.mark.parametrize(("length", "batch", "inner", "taps"), SIZES)
def test_it_is_the_reference(
    card: torch.device, length: int, batch: int, inner: int, taps: int, silu: bool
) -> None:
    given = case(length, batch=batch, inner=inner, taps=taps, silu=silu)

    got = on(card, given, torch.float32).run(backend_for(card))

    wanted = on(card, given, torch.float64).run("reference")
    for one, other in zip(got, wanted, strict=True):
        tolerance = 2e-5 * float(other.abs().max())
        torch.testing.assert_close(one.double(), other, rtol=0, atol=tolerance)
