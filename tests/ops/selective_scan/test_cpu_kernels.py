"""The kernels' own exponential, and their scratch memory."""

import math

import numpy as np
import pytest
import torch

from decision_mamba.ops.selective_scan import cpu_kernels
from tests.ops.conftest import then_fill
from tests.ops.selective_scan.conftest import case


def test_the_exponential_is_right_to_the_last_bits() -> None:
    xs = -np.geomspace(1e-9, 86.9, 3000).astype(np.float32)

    errors = [abs(cpu_kernels.exp_float32(x) / math.exp(x) - 1) for x in xs]

    assert max(errors) < 2.0e-7


def test_the_exponential_keeps_its_ends() -> None:
    at_ends = [0.0, -0.0, -87.5, -100.0, -1e30, -math.inf]

    assert [cpu_kernels.exp_float32(np.float32(x)) for x in at_ends] == [1, 1, 0, 0, 0, 0]
    assert math.isnan(cpu_kernels.exp_float32(np.float32(math.nan)))


def test_no_kernel_reads_scratch_that_it_has_not_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = case(19, batch=2, inner=3, size=2)
    compiled = given.run("cpu")
    for name, kernel in vars(cpu_kernels).items():
        if hasattr(kernel, "py_func") and name != "exp_float32":
            monkeypatch.setattr(cpu_kernels, name, kernel.py_func)
    monkeypatch.setattr(np, "empty", then_fill(np.empty))

    uncompiled = given.run("cpu")

    for name, tensor in uncompiled.items():
        torch.testing.assert_close(tensor, compiled[name], msg=name)
