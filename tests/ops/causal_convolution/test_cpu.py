"""The CPU kernels give the same bits whatever the threads."""

import torch

from tests.ops.causal_convolution.conftest import case


def test_neither_repetition_nor_threads_change_a_bit() -> None:
    given = case(40, batch=18, inner=300, dtype=torch.float32)
    results = []

    for threads in (1, 2, 3, 3):
        torch.set_num_threads(threads)
        results.append([tensor.numpy().tobytes() for tensor in map(dense, given.run("cpu"))])
    torch.set_num_threads(1)

    assert all(result == results[0] for result in results)


def dense(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.contiguous()
