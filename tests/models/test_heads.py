"""The heads keep actions between -1 and 1, and give each action of several its logit."""

import torch

from decision_mamba.models.heads import ContinuousHead, DiscreteHead, head_of
from decision_mamba.spaces import Continuous, Discrete


def test_it_is_tanh_of_a_linear_map() -> None:
    head = ContinuousHead(2, 1)
    with torch.no_grad():
        head.linear.weight.copy_(torch.tensor([[1.0, -2.0]]))
        head.linear.bias.fill_(0.5)

    actions = head(torch.tensor([[[3.0, 1.0]]]))

    torch.testing.assert_close(actions, torch.tensor([[[0.9051482677]]]))


def test_it_can_do_without_a_bias() -> None:
    head = ContinuousHead(2, 1, bias=False)

    assert [name for name, _ in head.named_parameters()] == ["linear.weight"]
    assert head(torch.zeros(1, 1, 2)) == 0.0


def test_logits_are_a_linear_map() -> None:
    head = DiscreteHead(2, 3)
    with torch.no_grad():
        head.linear.weight.copy_(torch.tensor([[1.0, -2.0], [0.0, 1.0], [4.0, 0.0]]))
        head.linear.bias.copy_(torch.tensor([0.5, 0.0, -1.0]))

    logits = head(torch.tensor([[[3.0, 1.0]]]))

    assert logits.tolist() == [[[1.5, 1.0, 11.0]]]


def test_weights_of_logits_begin_small() -> None:
    torch.manual_seed(0)

    weight = DiscreteHead(100, 100).linear.weight

    assert 0.019 < float(weight.detach().std()) < 0.021


def test_logits_can_do_without_a_bias() -> None:
    assert DiscreteHead(2, 3, bias=False).linear.bias is None


def test_the_head_is_that_of_the_actions() -> None:
    numbers, choices = head_of(4, Continuous((-1.0,), (1.0,))), head_of(4, Discrete(5), bias=False)

    assert (type(numbers), type(choices)) == (ContinuousHead, DiscreteHead)
    assert choices(torch.zeros(1, 1, 4)).shape == (1, 1, 5)
    assert [name for name, _ in choices.named_parameters()] == ["linear.weight"]
