"""The reference convolution against sums done by hand."""

import torch

from decision_mamba.ops.causal_convolution.reference import causal_convolution


def test_three_steps_by_hand() -> None:
    x = torch.tensor([[[1.0], [2.0], [3.0]]])
    weight, bias = torch.tensor([[100.0, 10.0, 1.0]]), torch.tensor([0.5])
    state = torch.tensor([[[8.0], [9.0]]])

    y, last = causal_convolution(x, weight, bias, state)

    assert y.flatten().tolist() == [891.5, 912.5, 123.5]
    assert last.flatten().tolist() == [2.0, 3.0]


def test_it_is_torchs_convolution_padded_on_the_left() -> None:
    torch.manual_seed(0)
    layer = torch.nn.Conv1d(6, 6, kernel_size=4, groups=6, padding=3)
    x = torch.randn(2, 9, 6)

    y, _ = causal_convolution(x, layer.weight[:, 0], layer.bias)

    torch.testing.assert_close(y, layer(x.mT)[..., :9].mT)
