"""The parallel scan in plain torch."""

import pytest
import torch

from decision_mamba.ops.selective_scan import associative


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 7, 8])
def test_joining_pairs_gives_the_running_sum(length: int) -> None:
    entry = torch.arange(1.0, length + 1).reshape(1, length, 1, 1)

    h = associative._scan(torch.ones_like(entry), entry)

    assert h.flatten().tolist() == [t * (t + 1) / 2 for t in range(1, length + 1)]


def test_a_product_of_decays_may_vanish() -> None:
    u, delta = torch.ones(1, 40, 1), torch.full((1, 40, 1), 50.0)
    A, D = -torch.ones(1, 1), torch.zeros(1)
    ones = torch.ones(1, 40, 1)

    y, _ = associative.selective_scan(u, delta, A, ones, ones, D)

    assert torch.equal(y, torch.full((1, 40, 1), 50.0))
