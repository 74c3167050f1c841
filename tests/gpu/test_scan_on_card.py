"""The scan that a card runs is the reference, in outputs, gradients and last state."""

import pytest
import torch

from decision_mamba.ops.backends import backend_for
from tests.ops.selective_scan.conftest import Case, case

pytestmark = pytest.mark.gpu

# length, batch, inner, size: odd ones, the papers' layer, and lengths cut into chunks.
SIZES = [
    (1, 1, 1, 1), (2, 3, 5, 4), (60, 64, 256, 16), (63, 2, 33, 16), (64, 2, 300, 8),
    (65, 17, 3, 17), (1000, 2, 48, 16), (8192, 1, 64, 16),
]  # fmt: skip


def on(device: torch.device, given: Case, dtype: torch.dtype) -> Case:
    parts = {name: part.to(device, dtype) for name, part in given.parts.items()}
    return Case(parts, given.dy.to(device, dtype), given.dstate.to(device, dtype))


@pytest.mark.parametrize("in_layer", [True, False], ids=["layer", "bare"])
@pytest.mark.parametrize(("length", "batch", "inner", "size"), SIZES)
def test_it_is_the_reference(
    card: torch.device, length: int, batch: int, inner: int, size: int, in_layer: bool
) -> None:
    given = case(length, batch=batch, inner=inner, size=size, in_layer=in_layer)

    got = on(card, given, torch.float32).run(backend_for(card))

    for name, wanted in on(card, given, torch.float64).run("reference").items():
        tolerance = 2e-5 * float(wanted.abs().max())
        torch.testing.assert_close(got[name].double(), wanted, rtol=0, atol=tolerance, msg=name)


def test_bfloat16_goes_in_and_the_state_is_float32(card: torch.device) -> None:
    given = on(card, case(65, batch=2, inner=64, size=16), torch.bfloat16)
    rounded = on(card, given, torch.float64)

    got = given.run(backend_for(card))

    wanted = rounded.run("reference")
    assert got["last_state"].dtype == torch.float32
    for name in ("y", "last_state"):
        tolerance = 1e-2 * float(wanted[name].abs().max())
        torch.testing.assert_close(got[name].double(), wanted[name], rtol=0, atol=tolerance)
