"""What `selective_scan` promises, whichever backend keeps the promise."""

import math

import jaxtyping
import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.selective_scan import selective_scan
from tests.ops.selective_scan.conftest import Case, case

BACKENDS = ["associative", "cpu"]
TOLERANCES = {torch.float64: 1e-11, torch.float32: 3e-6}  # of the largest number


def assert_same(got: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor]) -> None:
    assert got.keys() == wanted.keys()
    for name, tensor in wanted.items():
        tolerance = TOLERANCES[tensor.dtype] * float(tensor.abs().max())
        torch.testing.assert_close(got[name], tensor, rtol=0, atol=tolerance, msg=name)


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize("in_layer", [True, False], ids=["layer", "bare"])
@pytest.mark.parametrize("has_state", [True, False], ids=["state", "no-state"])
@pytest.mark.parametrize("length", [1, 2, 63, 64, 65, 1000])
@pytest.mark.parametrize("backend", BACKENDS)
def test_outputs_and_gradients_are_the_references(
    backend: str, length: int, has_state: bool, in_layer: bool
) -> None:
    given = case(length, has_state=has_state, in_layer=in_layer)

    assert_same(given.run(backend), given.run("reference"))


@pytest.mark.parametrize(("batch", "inner", "size"), [(17, 3, 1), (1, 300, 2), (2, 65, 17)])
@pytest.mark.parametrize("backend", BACKENDS)
def test_any_width_and_state_size_will_do(backend: str, batch: int, inner: int, size: int) -> None:
    given = case(20, batch=batch, inner=inner, size=size, dtype=torch.float32)

    assert_same(given.run(backend), given.run("reference"))


@pytest.mark.parametrize("has_state", [True, False], ids=["state", "no-state"])
@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_gradients_are_those_of_finite_differences(backend: str, has_state: bool) -> None:
    given = case(18, batch=2, inner=2, size=2, has_state=has_state)
    leaves = tuple(part.requires_grad_() for part in given.parts.values())

    with use_backend(backend):
        assert torch.autograd.gradcheck(selective_scan, leaves)


@pytest.mark.parametrize("alone", ["gate", "delta_bias"])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("backend", BACKENDS)
def test_gate_and_bias_come_alone_too(backend: str, alone: str, dtype: torch.dtype) -> None:
    given = case(20, in_layer=True, dtype=dtype)
    other = {"gate": "delta_bias", "delta_bias": "gate"}[alone]
    del given.parts[other]
    if alone == "gate":
        given.parts["delta"].abs_()

    assert_same(given.run(backend), given.run("reference"))


def test_the_references_gate_and_bias_are_silu_and_softplus() -> None:
    one = torch.ones(1, 1, 1)
    arguments = (one, one, -torch.ones(1, 1), one, one, torch.zeros(1))

    with use_backend("reference"):
        y, h = selective_scan(*arguments, gate=2 * one, delta_bias=torch.ones(1))

    step = math.log(1 + math.e**2)
    assert h.item() == pytest.approx(step)
    assert y.item() == pytest.approx(step * 2 / (1 + math.e**-2))


@pytest.mark.parametrize("backend", BACKENDS)
def test_slices_of_wider_rows_are_read_where_they_lie(backend: str) -> None:
    given = case(20, in_layer=True)
    u, gate = torch.cat([given.parts["u"], given.parts["gate"]], dim=-1).chunk(2, dim=-1)
    reads = torch.cat([given.parts["delta"], given.parts["B"], given.parts["C"]], dim=-1)
    delta, B, C = reads[..., :5], reads[..., 5:9], reads[..., 9:]
    parts = given.parts | {"u": u, "gate": gate, "delta": delta, "B": B, "C": C}

    got = Case(parts, given.dy, given.dstate).run(backend)

    assert_same(got, given.run("reference"))


@pytest.mark.parametrize("chunk", [1, 3, 64])
@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_chunks_with_the_state_handed_on_equal_the_whole(backend: str, chunk: int) -> None:
    u, delta, A, B, C, D, state = case(70).parts.values()
    ys, h = [], state

    with use_backend(backend):
        whole, last_state = selective_scan(u, delta, A, B, C, D, state)
        for t in range(0, 70, chunk):
            now = slice(t, t + chunk)
            y, h = selective_scan(u[:, now], delta[:, now], A, B[:, now], C[:, now], D, h)
            ys.append(y)

    torch.testing.assert_close(torch.cat(ys, dim=1), whole)
    torch.testing.assert_close(h, last_state)


@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_sequences_of_a_batch_do_not_meet(backend: str) -> None:
    u, delta, A, B, C, D, state = case(20).parts.values()

    with use_backend(backend):
        together, _ = selective_scan(u, delta, A, B, C, D, state)
        alone, _ = selective_scan(u[1:2], delta[1:2], A, B[1:2], C[1:2], D, state[1:2])

    torch.testing.assert_close(together[1:2], alone)


@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_no_token_sees_a_later_one(backend: str) -> None:
    u, delta, A, B, C, D, state = case(40).parts.values()
    changed = u.clone()
    changed[:, 20:] += 1.0

    with use_backend(backend):
        before, _ = selective_scan(u, delta, A, B, C, D, state)
        after, _ = selective_scan(changed, delta, A, B, C, D, state)

    torch.testing.assert_close(after[:, :20], before[:, :20])
    assert not torch.allclose(after[:, 20:], before[:, 20:])


@pytest.mark.parametrize("backend", BACKENDS)
def test_inputs_may_lie_in_memory_as_they_like(backend: str) -> None:
    given = case(20)
    scattered = {
        name: torch.stack([part, part], dim=-1)[..., 0] for name, part in given.parts.items()
    }
    scattered["u"] = given.parts["u"].transpose(0, 2).contiguous().transpose(0, 2)
    assert not any(part.is_contiguous() for part in scattered.values())

    got = Case(scattered, given.dy, given.dstate).run(backend)

    assert_same(got, given.run("reference"))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("step", [1e-6, 50.0])
@pytest.mark.parametrize("backend", BACKENDS)
def test_extreme_steps_are_finite_and_right(backend: str, step: float, dtype: torch.dtype) -> None:
    given = case(40, dtype=dtype)
    given.parts["delta"].fill_(step)

    got = given.run(backend)

    assert all(bool(tensor.isfinite().all()) for tensor in got.values())
    assert_same(got, given.run("reference"))


@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_half_precision_is_computed_in_float32(backend: str) -> None:
    given = case(100, dtype=torch.float32)
    halves = {name: part.bfloat16() for name, part in given.parts.items()}
    floats = {name: part.float() for name, part in halves.items()}

    with use_backend(backend):
        y, last_state = selective_scan(*halves.values())
        wanted, wanted_state = selective_scan(*floats.values())

    assert y.dtype == torch.bfloat16
    assert last_state.dtype == torch.float32
    assert torch.equal(y, wanted.bfloat16())
    assert torch.equal(last_state, wanted_state)


@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_autocast_does_not_lower_the_precision(backend: str) -> None:
    given = case(30, dtype=torch.float32)

    with use_backend(backend), torch.autocast("cpu", torch.bfloat16):
        y, _ = selective_scan(*given.parts.values())

    assert torch.equal(y, given.run(backend)["y"])


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_nan_comes_out_where_it_went_in(backend: str) -> None:
    u, delta, A, B, C, D, state = case(10, dtype=torch.float32).parts.values()
    A[2, 1] = float("nan")

    with use_backend(backend):
        y, _ = selective_scan(u, delta, A, B, C, D, state)

    assert y[:, :, 2].isnan().all()
    assert y[:, :, [0, 1, 3, 4]].isfinite().all()


@pytest.mark.parametrize("output", [0, 1], ids=["y", "last_state"])
def test_one_output_alone_has_gradients_too(output: int) -> None:
    given = case(20)
    cotangents = [given.dy, given.dstate]
    cotangents[1 - output] = torch.zeros_like(cotangents[1 - output])
    leaves = [part.clone().requires_grad_() for part in given.parts.values()]

    found = selective_scan(*leaves)[output]
    gradients = torch.autograd.grad(found, leaves, cotangents[output])

    wanted = Case(given.parts, *cotangents).run("reference")
    assert_same(dict(zip(list(wanted)[2:], gradients, strict=True)), dict(list(wanted.items())[2:]))


def test_wrong_shapes_are_refused_in_tests_and_outside() -> None:
    u, delta, A, B, C, D, state = case(4).parts.values()

    with pytest.raises((BadInput, jaxtyping.TypeCheckError)):
        selective_scan(u, delta, A, B[:, :3], C, D, state)
    with pytest.raises((BadInput, jaxtyping.TypeCheckError)):
        selective_scan(u, delta, A, B, C, D, state[:1])


def test_a_wrong_shape_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    u, delta, A, B, C, D, state = case(4).parts.values()

    with pytest.raises(BadInput, match=r"got \(3, 4, 5\), \(5, 4\), \(3, 3, 4\)"):
        selective_scan(u, delta, A, B[:, :3], C, D, state)
    with pytest.raises(BadInput, match="at least one token"):
        selective_scan(u[:, :0], delta[:, :0], A, B[:, :0], C[:, :0], D, state)
    with pytest.raises(BadInput, match=r"\(1, 5, 4\) beside u \(3, 4, 5\)"):
        selective_scan(u, delta, A, B, C, D, state[:1])


def test_inputs_on_two_devices_are_refused() -> None:
    u, delta, A, B, C, D, state = case(4).parts.values()

    with pytest.raises(BadInput, match=r"one device; got .*meta.* beside u on cpu"):
        selective_scan(u, delta, A.to("meta"), B, C, D, state)


@pytest.mark.parametrize("backend", ["reference", *BACKENDS])
def test_no_sequences_give_none(backend: str) -> None:
    u, delta, A, B, C, D, state = case(4, batch=0).parts.values()

    with use_backend(backend):
        y, last_state = selective_scan(u.requires_grad_(), delta, A, B, C, D, state)

    assert y.shape == (0, 4, 5)
    assert last_state.shape == (0, 5, 4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_inputs_and_gradients_may_be_one_number_spread_out(backend: str) -> None:
    u, delta, A, B, C, D, _ = case(20).parts.values()
    gradients = []

    for name in (backend, "reference"):
        spread = B[:, :, :1].detach().requires_grad_()
        with use_backend(name):
            y, _ = selective_scan(u[:1].expand(3, -1, -1), delta, A, spread.expand_as(B), C, D)
        gradients.append(torch.autograd.grad(y.sum(), spread)[0])

    torch.testing.assert_close(*gradients)
