"""The card's kernels keep the promise of the scan, in Triton's interpreter; -m gpu has the card."""

import pytest
import torch

from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.selective_scan import selective_scan
from decision_mamba.ops.selective_scan import triton as on_card
from tests.ops.selective_scan.conftest import Case, case
from tests.ops.selective_scan.test_agreement import assert_same

pytestmark = pytest.mark.skipif(
    torch.cuda.is_available(), reason="where there is a card, it runs the kernels: -m gpu"
)


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize(
    ("length", "in_layer"), [(1, True), (2, True), (63, False), (64, False), (65, True)]
)
def test_outputs_and_gradients_are_the_references(length: int, in_layer: bool) -> None:
    given = case(length, batch=1, size=3, in_layer=in_layer)

    assert_same(given.run("triton"), given.run("reference"))


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize(("has_state", "in_layer"), [(True, True), (False, False)])
def test_a_length_cut_into_chunks_changes_nothing(
    has_state: bool, in_layer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_card, "_SHORTEST", 4)
    monkeypatch.setattr(on_card, "_SEGMENT", 2)
    monkeypatch.setattr(on_card, "_AT_ONCE", 2)
    given = case(13, batch=2, has_state=has_state, in_layer=in_layer)
    assert on_card.cut(2, 13, 5, 4).chunks == 3

    assert_same(given.run("triton"), given.run("reference"))


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize(("batch", "inner", "size"), [(3, 3, 1), (1, 20, 9), (1, 9, 17)])
def test_any_width_and_state_size_will_do(batch: int, inner: int, size: int) -> None:
    given = case(3, batch=batch, inner=inner, size=size, has_state=False, dtype=torch.float32)

    assert_same(given.run("triton"), given.run("reference"))


@pytest.mark.parametrize("alone", ["gate", "delta_bias"])
def test_gate_and_bias_come_alone_too(alone: str) -> None:
    given = case(3, batch=1, in_layer=True)
    del given.parts[{"gate": "delta_bias", "delta_bias": "gate"}[alone]]

    assert_same(given.run("triton"), given.run("reference"))


def test_slices_of_wider_rows_are_read_where_they_lie() -> None:
    given = case(4, batch=2, in_layer=True)
    u, gate = torch.cat([given.parts["u"], given.parts["gate"]], dim=-1).chunk(2, dim=-1)
    reads = torch.cat([given.parts["delta"], given.parts["B"], given.parts["C"]], dim=-1)
    delta, B, C = reads[..., :5], reads[..., 5:9], reads[..., 9:]
    parts = given.parts | {"u": u, "gate": gate, "delta": delta, "B": B, "C": C}

    got = Case(parts, given.dy, given.dstate).run("triton")

    assert_same(got, given.run("reference"))


def test_inputs_may_lie_in_memory_as_they_like() -> None:
    given = case(3, batch=2, in_layer=True)
    scattered = {
        name: torch.stack([part, part], dim=-1)[..., 0] for name, part in given.parts.items()
    }

    got = Case(scattered, given.dy.mT.contiguous().mT, given.dstate).run("triton")

    assert_same(got, given.run("reference"))


def test_halves_are_read_as_they_are_and_computed_in_float32() -> None:
    given = case(5, batch=1, in_layer=True, dtype=torch.float32)
    wide = {"A", "D", "state", "delta_bias"}
    halves = {n: part if n in wide else part.bfloat16() for n, part in given.parts.items()}
    floats = {name: part.float() for name, part in halves.items()}
    dy = given.dy.bfloat16()

    got = Case(halves, dy, given.dstate).run("triton")

    computed = Case(floats, dy.float(), given.dstate).run("triton")
    assert {name for name in got if got[name].dtype == torch.float32} == {
        "last_state", "dA", "dD", "dstate", "ddelta_bias",
    }  # fmt: skip
    for name, tensor in got.items():  # Triton's interpreter cuts off what a card rounds
        allowed = 0.0 if tensor.dtype == torch.float32 else 2**-7
        torch.testing.assert_close(
            tensor.float(), computed[name], rtol=allowed, atol=allowed / 10_000, msg=name
        )


def test_every_run_gives_the_same_bits() -> None:
    given = case(2, batch=2, inner=20, size=9, in_layer=True, dtype=torch.float32)

    first, second = given.run("triton"), given.run("triton")

    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("output", [0, 1], ids=["y", "last_state"])
def test_one_output_alone_has_gradients_too(output: int) -> None:
    given = case(3, batch=1)
    cotangents = [given.dy, given.dstate]
    cotangents[1 - output] = torch.zeros_like(cotangents[1 - output])
    leaves = [part.clone().requires_grad_() for part in given.parts.values()]

    with use_backend("triton"):
        found = selective_scan(*leaves)[output]
    gradients = torch.autograd.grad(found, leaves, cotangents[output])

    wanted = Case(given.parts, cotangents[0], cotangents[1]).run("reference")
    assert_same(dict(zip(list(wanted)[2:], gradients, strict=True)), dict(list(wanted.items())[2:]))


def test_a_nan_comes_out_where_it_went_in() -> None:
    u, delta, A, B, C, D, state = case(3, batch=1, dtype=torch.float32).parts.values()
    A[2, 1] = float("nan")

    with use_backend("triton"):
        y, _ = selective_scan(u, delta, A, B, C, D, state)

    assert y[:, :, 2].isnan().all()
    assert y[:, :, [0, 1, 3, 4]].isfinite().all()


def test_extreme_steps_are_finite_and_right() -> None:
    given = case(4, batch=1, dtype=torch.float32)
    given.parts["delta"][..., :3] = 50.0
    given.parts["delta"][..., 3:] = 1e-6

    assert_same(given.run("triton"), given.run("reference"))


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [
        ((64, 60, 256, 16), (16, 8, 64, 1)),  # the papers' layer: 1,024 programs
        ((1, 8192, 256, 16), (16, 8, 64, 128)),  # 2,048 of them
        ((1, 8192, 2048, 16), (16, 8, 512, 16)),
        ((1, 60, 256, 16), (16, 8, 64, 1)),  # too short to be cut
        ((4096, 1, 256, 16), (16, 1, 1, 1)),
        ((2, 1000, 8, 64), (4, 8, 72, 14)),
    ],
)
def test_only_few_and_long_sequences_are_cut(
    sizes: tuple[int, int, int, int], wanted: tuple[int, int, int, int]
) -> None:
    assert on_card.cut(*sizes) == wanted
