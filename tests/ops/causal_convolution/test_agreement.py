"""What `causal_convolution` promises, whichever backend keeps the promise."""

import jaxtyping
import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.causal_convolution import causal_convolution
from tests.ops.causal_convolution.conftest import case

BACKENDS = ["associative", "cpu"]


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize("silu", [True, False], ids=["silu", "plain"])
@pytest.mark.parametrize("has_bias", [True, False], ids=["bias", "no-bias"])
@pytest.mark.parametrize("has_state", [True, False], ids=["state", "no-state"])
@pytest.mark.parametrize("length", [1, 2, 3, 63, 64, 65])
@pytest.mark.parametrize("backend", BACKENDS)
def test_outputs_and_gradients_are_the_references(
    backend: str, length: int, has_state: bool, has_bias: bool, silu: bool
) -> None:
    given = case(length, has_state=has_state, has_bias=has_bias, silu=silu)

    torch.testing.assert_close(given.run(backend), given.run("reference"))


@pytest.mark.parametrize(
    ("batch", "inner", "taps"), [(17, 3, 1), (1, 300, 2), (2, 65, 7), (40, 260, 4)]
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_any_width_and_number_of_taps_will_do(
    backend: str, batch: int, inner: int, taps: int
) -> None:
    given = case(9, taps=taps, batch=batch, inner=inner)

    torch.testing.assert_close(given.run(backend), given.run("reference"))


@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_gradients_are_those_of_finite_differences(backend: str) -> None:
    leaves = [part.requires_grad_() for part in case(5, batch=2).parts if part is not None]

    with use_backend(backend):
        assert torch.autograd.gradcheck(causal_convolution, leaves)


@pytest.mark.parametrize("chunk", [1, 3, 64])
@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_chunks_with_the_state_handed_on_equal_the_whole(backend: str, chunk: int) -> None:
    x, weight, bias, state = case(70).parts
    assert x is not None
    assert weight is not None
    ys, last = [], state

    with use_backend(backend):
        whole, whole_last = causal_convolution(x, weight, bias, state)
        for t in range(0, 70, chunk):
            y, last = causal_convolution(x[:, t : t + chunk], weight, bias, last)
            ys.append(y)

    torch.testing.assert_close(torch.cat(ys, dim=1), whole)
    torch.testing.assert_close(last, whole_last)


@pytest.mark.parametrize("backend", BACKENDS)
def test_inputs_may_lie_in_memory_as_they_like(backend: str) -> None:
    given = case(9)
    scattered = [
        None if part is None else part.mT.contiguous().mT if part.ndim > 1 else part
        for part in given.parts
    ]

    got = type(given)(tuple(scattered), given.dy, given.dstate).run(backend)

    torch.testing.assert_close(got, given.run("reference"))


@pytest.mark.parametrize("backend", BACKENDS)
def test_slices_of_wider_rows_are_read_where_they_lie(backend: str) -> None:
    given = case(9, silu=True)
    assert given.parts[0] is not None
    x = torch.cat([given.dy, given.parts[0], given.dy], dim=-1)[..., 5:10]

    got = type(given)((x, *given.parts[1:]), given.dy, given.dstate, silu=True).run(backend)

    torch.testing.assert_close(got, given.run("reference"))


def test_silu_is_that_of_the_plain_sum() -> None:
    given = case(5)

    with use_backend("reference"):
        plain, _ = causal_convolution(*given.parts)  # type: ignore[arg-type]
        bent, _ = causal_convolution(*given.parts, silu=True)  # type: ignore[arg-type]

    torch.testing.assert_close(bent, plain / (1 + torch.exp(-plain)))


@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_half_precision_is_computed_in_float32(backend: str) -> None:
    x, weight, bias, state = case(30, dtype=torch.float32).parts
    assert x is not None
    assert weight is not None
    half = x.bfloat16()

    with use_backend(backend), torch.autocast("cpu", torch.bfloat16):
        y, last = causal_convolution(half, weight, bias, state)
        wanted, _ = causal_convolution(half.float(), weight, bias, state)

    assert y.dtype == torch.bfloat16
    assert last.dtype == torch.float32
    assert wanted.dtype == torch.float32
    assert torch.equal(y, wanted.bfloat16())


def test_a_wrong_shape_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    x, weight, bias, state = case(4).parts
    assert x is not None
    assert weight is not None
    assert state is not None

    with pytest.raises(BadInput, match=r"got \(3, 4, 5\), \(4, 4\), \(5,\), None"):
        causal_convolution(x, weight[:4], bias)
    with pytest.raises(BadInput, match=r"state \(b, w-1, e\); got .*, \(3, 2, 5\)"):
        causal_convolution(x, weight, bias, state[:, :2])
    with pytest.raises(BadInput, match="at least one token"):
        causal_convolution(x[:, :0], weight, bias, state)


def test_inputs_on_two_devices_are_refused() -> None:
    x, weight, bias, state = case(4).parts
    assert x is not None
    assert weight is not None

    with pytest.raises(BadInput, match="on one device; x is on cpu and another is not"):
        causal_convolution(x, weight.to("meta"), bias, state)
