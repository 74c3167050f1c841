"""Networks that are stacked do not meet."""

import torch

from decision_mamba.collection.perceptrons import Perceptrons


def networks() -> Perceptrons:
    return Perceptrons(3, (4, 5, 2), torch.Generator().manual_seed(0))


def test_each_network_is_two_layers_of_its_own_weights() -> None:
    stack, x = networks(), torch.randn(3, 6, 4, generator=torch.Generator().manual_seed(1))

    y = stack(x)

    for k in range(3):
        hidden = (x[k] @ stack.weights[0][k] + stack.biases[0][k]).clamp(min=0)
        torch.testing.assert_close(y[k], hidden @ stack.weights[1][k] + stack.biases[1][k])


def test_no_network_learns_from_another_ones_input() -> None:
    stack = networks()

    stack(torch.ones(3, 6, 4))[1].sum().backward()

    for weight in stack.parameters():
        assert weight.grad is not None
        assert weight.grad[0].abs().sum() == weight.grad[2].abs().sum() == 0
        assert weight.grad[1].abs().sum() > 0


def test_the_generator_decides_the_first_weights() -> None:
    for mine, again in zip(networks().parameters(), networks().parameters(), strict=True):
        assert torch.equal(mine, again)
    first = networks().weights[0]
    assert 0.4 < first.abs().max() <= 0.5  # 1 / √4
    assert not torch.equal(first[0], first[1])
