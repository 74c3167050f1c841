"""A backend is chosen by device, and `use_backend` overrides the choice."""

import importlib.metadata

import pytest
import torch

from decision_mamba.errors import BadInput, MissingExtra
from decision_mamba.ops import backends
from decision_mamba.ops.backends import backend_for, use_backend

CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)


def test_each_device_type_has_its_backend() -> None:
    assert backend_for(CPU) == "cpu"
    assert backend_for(CUDA) == "triton"
    assert backend_for(torch.device("meta")) == "associative"


def test_the_innermost_name_wins_and_goes_with_its_block() -> None:
    with use_backend("reference"):
        with use_backend("associative"):
            assert backend_for(CPU) == "associative"
        assert backend_for(CPU) == "reference"
    assert backend_for(CPU) == "cpu"


def test_an_error_inside_the_block_ends_the_override() -> None:
    with pytest.raises(KeyError), use_backend("reference"):
        raise KeyError

    assert backend_for(CPU) == "cpu"


def test_an_unknown_name_is_told_what_is_known() -> None:
    known = "backend is 'fast'; known here: reference, associative, cpu, triton"
    with pytest.raises(BadInput, match=known), use_backend("fast"):
        pass


def test_the_cpu_kernel_refuses_tensors_elsewhere() -> None:
    with use_backend("cpu"), pytest.raises(BadInput, match="got cuda:0; move them there"):
        backend_for(CUDA)


def test_the_cards_kernels_refuse_the_cpu_unless_interpreted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with use_backend("triton"):
        assert backend_for(CUDA) == "triton"
        monkeypatch.setenv("TRITON_INTERPRET", "1")
        assert backend_for(CPU) == "triton"
        monkeypatch.delenv("TRITON_INTERPRET")
        with pytest.raises(BadInput, match="an NVIDIA card, got cpu; move them there, or set"):
            backend_for(CPU)


def test_a_missing_triton_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "_HAS_TRITON", False)

    wanted = r"need triton 3.4 or later: pip install 'decision-mamba\[triton\]'"
    with pytest.raises(MissingExtra, match=wanted), use_backend("triton"):
        pass


@pytest.mark.parametrize(("version", "enough"), [("3.3.1", False), ("3.4.0", True), ("3.10", True)])
def test_an_old_triton_counts_as_none(
    version: str, enough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda _: version)

    assert backends._has_triton() == enough


def test_a_function_that_is_traced_runs_plain_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch._C, "_is_tracing", lambda: True)

    assert backend_for(CPU) == "associative"
