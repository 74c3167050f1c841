"""A backend is chosen by device, and `use_backend` overrides the choice."""

import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.ops.backends import backend_for, use_backend

CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)


def test_each_device_type_has_its_backend() -> None:
    assert backend_for(CPU) == "cpu"
    assert backend_for(CUDA) == "associative"
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
    known = "backend is 'fast'; known here: reference, associative, cpu"
    with pytest.raises(BadInput, match=known), use_backend("fast"):
        pass


def test_the_cpu_kernel_refuses_tensors_elsewhere() -> None:
    with use_backend("cpu"), pytest.raises(BadInput, match="got cuda:0; move them there"):
        backend_for(CUDA)
