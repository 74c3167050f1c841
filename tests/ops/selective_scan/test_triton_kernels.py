"""The kernels compile for a card, into what their design promises."""

from pathlib import Path
from typing import Any

import pytest

from tests.ops.hopper import TOKENS, WIDE, assembly

SIZES = dict.fromkeys(("batch", "length", "inner", "size", "chunk", "chunks"), "i32")
CONSTANTS = {"T": 2, "R": 1, "L": 16, "N": 16, "G": 2, "BACKWARD": True}
ARRAYS = dict.fromkeys(
    ("A", "D", "bias", "starts", "start", "ends", "noted", "carried", "passed", "dends", "dreads",
     "dchannels", "dstart"),
    WIDE,
)  # fmt: skip
ROWS = dict.fromkeys(("u", "delta", "B", "C", "gate", "y", "dy", "du", "ddelta", "dgate"), TOKENS)


def compiled(kernel: str, folder: Path, arguments: dict[str, Any]) -> str:
    module = "decision_mamba.ops.selective_scan.triton_kernels"
    return assembly(module, kernel, arguments, str(folder))


def test_the_walk_forward_needs_no_barrier_and_no_shared_memory(tmp_path: Path) -> None:
    code = compiled("forward", tmp_path, SIZES | CONSTANTS | ARRAYS | ROWS)

    assert "ex2.approx" in code
    assert "bar.sync" not in code
    assert "st.shared" not in code
    assert code.count("shfl.sync") == 2  # one per token: two threads share a channel's states


def test_the_walk_backward_compiles(tmp_path: Path) -> None:
    code = compiled("backward", tmp_path, SIZES | CONSTANTS | ARRAYS | ROWS | {"T": 1})

    assert "ex2.approx" in code
    assert "atom" not in code
    assert "red.global" not in code


@pytest.mark.slow
@pytest.mark.parametrize(
    "kernel", ["forward", "summarise", "summarise_backward", "join", "backward"]
)
@pytest.mark.parametrize("nothing", [True, False], ids=["bare", "all"])
@pytest.mark.parametrize(("R", "L", "N"), [(2, 8, 16), (1, 4, 64)])
def test_every_kernel_compiles_with_and_without_what_may_be_left_out(
    kernel: str, nothing: bool, R: int, L: int, N: int, tmp_path: Path
) -> None:
    arguments: dict[str, Any] = SIZES | CONSTANTS | ARRAYS | ROWS | {"T": 4, "R": R, "L": L, "N": N}
    if nothing:
        arguments |= dict.fromkeys(("bias", "gate", "dgate", "starts", "start", "dends"))
        arguments |= {"noted": WIDE if kernel == "backward" else None, "BACKWARD": False}
        arguments |= {"batch": 1, "length": 1, "chunk": 1, "size": 1, "T": 1}  # ones are constants

    assert "ret;" in compiled(kernel, tmp_path, arguments)
