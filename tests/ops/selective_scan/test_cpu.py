"""What the CPU kernels promise beyond the right numbers: same bits, little memory, any thread."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
import torch

from tests.ops.selective_scan.conftest import Case, case

# Grows by an array of 8000 * 256 * 64 float32 numbers, 524 MB, if one is ever made.
MEMORY_SCRIPT = """
import resource
import torch
from decision_mamba.ops.selective_scan import selective_scan

def scan(length):
    u = torch.ones(1, length, 256, requires_grad=True)
    B = torch.ones(1, length, 64)
    y, _ = selective_scan(u, u.detach(), -torch.ones(256, 64), B, B, torch.ones(256))
    y.sum().backward()

scan(1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
scan(8000)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def large() -> Case:
    """Enough work for several threads, blocks and groups."""
    return case(40, batch=18, inner=300, size=8, dtype=torch.float32)


def bits(found: dict[str, torch.Tensor]) -> dict[str, bytes]:
    return {name: tensor.contiguous().numpy().tobytes() for name, tensor in found.items()}


@pytest.mark.usefixtures("two_threads")
def test_every_run_gives_the_same_bits(large: Case) -> None:
    first = bits(large.run("cpu"))

    assert all(bits(large.run("cpu")) == first for _ in range(5))


def test_the_number_of_threads_changes_no_bit(large: Case) -> None:
    results = []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        results.append(bits(large.run("cpu")))
    torch.set_num_threads(1)

    assert results[0] == results[1] == results[2]


@pytest.mark.usefixtures("two_threads", "poisoned")
def test_several_threads_give_the_references_numbers(large: Case) -> None:
    wanted = large.run("reference")

    for name, tensor in large.run("cpu").items():
        tolerance = 3e-6 * float(wanted[name].abs().max())
        torch.testing.assert_close(tensor, wanted[name], rtol=0, atol=tolerance, msg=name)


@pytest.mark.usefixtures("two_threads")
def test_two_callers_at_once_do_not_disturb_each_other(large: Case) -> None:
    alone = bits(large.run("cpu"))
    found: list[dict[str, bytes]] = []

    def call() -> None:
        for _ in range(5):
            found.append(bits(large.run("cpu")))

    callers = [threading.Thread(target=call) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert len(found) == 10
    assert all(one == alone for one in found)


def test_no_array_has_the_size_of_all_states() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MEMORY_SCRIPT], capture_output=True, text=True, check=True
    )

    assert int(ran.stdout) < 262
