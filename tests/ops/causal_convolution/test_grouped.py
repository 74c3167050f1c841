"""The convolution through torch's own."""

import torch

from decision_mamba.ops.causal_convolution import grouped


def test_autocast_does_not_lower_its_precision() -> None:
    x, weight = torch.full((1, 1, 2), 1.0 + 2**-12), torch.ones(2, 1)

    with torch.autocast("cpu", torch.bfloat16):
        y, _ = grouped.causal_convolution(x, weight)

    assert torch.equal(y, x)
