"""The kernels compile for a card."""

from pathlib import Path
from typing import Any

import pytest

from tests.ops.hopper import TOKENS, WIDE, assembly

STATES = ("*fp32", "i32", "i32")
ARGUMENTS: dict[str, Any] = {
    "x": TOKENS, "y": TOKENS, "dy": TOKENS, "dx": TOKENS, "start": STATES, "end": STATES,
    "dend": STATES, "dstart": STATES, "weight": WIDE, "bias": WIDE, "dchannels": WIDE,
    "length": "i32", "inner": "i32",
    "SILU": True, "W": 4, "T": 16, "E": 128, "num_warps": 4,
}  # fmt: skip
BARE = {"length": 1, "inner": 1, "start": None, "dend": None, "bias": None, "SILU": False}


@pytest.mark.parametrize(
    ("kernel", "changes"),
    [
        pytest.param("forward", {}, marks=pytest.mark.slow),
        ("backward", {"SILU": False, "W": 2}),
        pytest.param("backward", {}, marks=pytest.mark.slow),
        pytest.param("forward", BARE, marks=pytest.mark.slow),
        pytest.param("backward", BARE, marks=pytest.mark.slow),
        pytest.param("backward", {"W": 1}, marks=pytest.mark.slow),
    ],
)
def test_they_compile_without_atomics(kernel: str, changes: dict[str, Any], tmp_path: Path) -> None:
    module = "decision_mamba.ops.causal_convolution.triton_kernels"

    code = assembly(module, kernel, ARGUMENTS | changes, str(tmp_path))

    assert "st.global" in code
    assert "atom" not in code
    assert "red.global" not in code
