"""The CPU's dropout gives the same bits whatever the threads, and keeps no mask."""

from collections.abc import Iterator

import pytest
import torch

from decision_mamba.ops.dropout import cpu


@pytest.fixture
def any_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("any_threads")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_number_of_threads_changes_no_bit(dtype: torch.dtype) -> None:
    x = torch.randn(130_001).to(dtype)
    results = []

    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        results.append(cpu.dropout(x, 0.1, seed=7))

    assert torch.equal(results[0], results[1])
    assert torch.equal(results[0], results[2])


def test_nothing_is_kept_for_the_backward_pass() -> None:
    kept: list[torch.Tensor] = []
    x = torch.ones(1000, requires_grad=True)

    with torch.autograd.graph.saved_tensors_hooks(kept.append, lambda saved: saved):
        cpu.dropout(x, 0.1, seed=7)

    assert kept == []
