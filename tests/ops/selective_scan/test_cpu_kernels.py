"""The kernels' scratch memory."""

import os
import subprocess
import sys

# glibc fills what malloc hands out with a byte: every number starts near -1.7e38.
POISON = {"MALLOC_PERTURB_": "1"}

SCRIPT = """
import torch
from decision_mamba.ops.selective_scan import selective_scan

def numbers(*shape):
    return torch.linspace(-1, 1, shape[0] * shape[1] * shape[2]).reshape(shape).requires_grad_()

tokens, reads = (2, 19, 3), (2, 19, 2)
u, delta, gate = (numbers(*tokens) for _ in range(3))
B, C = (numbers(*reads) for _ in range(2))
A, D, bias = -torch.ones(3, 2, requires_grad=True), torch.ones(3), torch.ones(3)
y, state = selective_scan(u, delta, A, B, C, D, gate=gate, delta_bias=bias)
(y.sum() + state.sum()).backward()
parts = (y, state, u.grad, delta.grad, gate.grad, B.grad, C.grad)
print([f"{float(part.sum()):.6e}" for part in parts])
"""


def test_no_kernel_reads_scratch_that_it_has_not_written() -> None:
    clean, poisoned = (
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | extra,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for extra in ({}, POISON)
    )

    assert clean == poisoned
    assert "nan" not in clean
