"""The card's convolution keeps its promise, in Triton's interpreter; -m gpu has the card."""

import pytest
import torch

from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.causal_convolution import causal_convolution
from tests.ops.causal_convolution.conftest import Case, case

pytestmark = pytest.mark.skipif(
    torch.cuda.is_available(), reason="where there is a card, it runs the kernels: -m gpu"
)


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize(
    ("length", "bare", "silu"),
    [(1, False, True), (2, False, True), (3, True, False), (18, False, True), (18, True, False)],
)
def test_outputs_and_gradients_are_the_references(length: int, bare: bool, silu: bool) -> None:
    given = case(length, batch=2, has_state=not bare, has_bias=not bare, silu=silu)

    torch.testing.assert_close(given.run("triton"), given.run("reference"))


@pytest.mark.parametrize(("batch", "inner", "taps"), [(5, 3, 1), (1, 130, 2), (1, 5, 7)])
def test_any_width_and_number_of_taps_will_do(batch: int, inner: int, taps: int) -> None:
    given = case(4, taps=taps, batch=batch, inner=inner, silu=True)

    torch.testing.assert_close(given.run("triton"), given.run("reference"))


@pytest.mark.parametrize("length", [63, 64, 65])
def test_lengths_around_whole_tiles_will_do(length: int) -> None:
    given = case(length, batch=1, taps=2)

    torch.testing.assert_close(given.run("triton"), given.run("reference"))


def test_slices_of_wider_rows_and_scattered_numbers_are_read() -> None:
    given = case(4, batch=2)
    x, weight, bias, state = given.parts
    assert x is not None
    assert weight is not None
    assert state is not None
    parts = (torch.cat([x, x], dim=-1)[..., :5], weight.T.contiguous().T, bias, state.mT.clone().mT)

    got = Case(parts, given.dy.mT.contiguous().mT, given.dstate).run("triton")

    torch.testing.assert_close(got, given.run("reference"))


def test_halves_are_read_as_they_are_and_computed_in_float32() -> None:
    x, weight, bias, state = case(5, batch=1, dtype=torch.float32).parts
    assert x is not None
    assert weight is not None
    half = x.bfloat16().requires_grad_()

    with use_backend("triton"):
        y, last = causal_convolution(half, weight, bias, state, silu=True)
        wanted, _ = causal_convolution(half.float(), weight, bias, state, silu=True)
    (dx,) = torch.autograd.grad(y.sum(), half)

    assert (y.dtype, last.dtype, dx.dtype) == (torch.bfloat16, torch.float32, torch.bfloat16)
    # Triton's interpreter cuts off what a card rounds.
    torch.testing.assert_close(y.float(), wanted, rtol=2**-7, atol=0.0)


def test_every_run_gives_the_same_bits() -> None:
    given = case(4, batch=2, dtype=torch.float32)

    assert all(map(torch.equal, given.run("triton"), given.run("triton")))


def test_the_state_alone_has_gradients_too() -> None:
    x, weight, _, state = case(2, batch=1).parts
    assert x is not None
    assert weight is not None
    assert state is not None
    x.requires_grad_()
    state.requires_grad_()

    with use_backend("triton"):
        _, last = causal_convolution(x, weight, None, state)
    dx, dstate = torch.autograd.grad(last.sum(), (x, state))

    assert dx.tolist() == torch.ones_like(x).tolist()
    assert dstate[0, :, 0].tolist() == [0.0, 0.0, 1.0]
