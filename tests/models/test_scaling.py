"""Scaling changes nothing where there is nothing to change, and undoes itself elsewhere."""

import numpy as np
import torch

from decision_mamba.models.scaling import NO_CHOICE, Scaling
from decision_mamba.moments import Moments
from decision_mamba.spaces import Continuous, Discrete, Image, Spaces, Vector

MOMENTS = Moments(mean=np.array([1.0, 2.0], np.float32), std=np.array([0.5, 4.0], np.float32))
CHOICES = Spaces(Vector(2), Discrete(3))


def numbers(low: tuple[float, ...], high: tuple[float, ...]) -> Spaces:
    return Spaces(Vector(2), Continuous(low, high))


def test_observations_and_returns_are_divided_as_published() -> None:
    scaling = Scaling(MOMENTS, numbers((-1.0,), (1.0,)), return_scale=1000.0)

    observations = scaling.observations(torch.tensor([[[2.0, 2.0]]]))

    assert observations.tolist() == [[[2.0, 0.0]]]
    assert scaling.returns(torch.tensor([[3600.0]])).tolist() == [[torch.tensor(3.6).item()]]


def test_actions_between_minus_one_and_one_are_untouched() -> None:
    scaling = Scaling(MOMENTS, numbers((-1.0,) * 3, (1.0,) * 3), return_scale=1.0)
    actions = torch.rand(4, 5, 3) * 2 - 1

    assert torch.equal(scaling.actions(actions), actions)
    assert torch.equal(scaling.predictions(actions), actions)


def test_other_actions_come_back() -> None:
    scaling = Scaling(MOMENTS, numbers((0.0, -10.0), (4.0, 10.0)), return_scale=1.0)
    raw = torch.tensor([[[3.0, -5.0]]])

    scaled = scaling.actions(raw)

    assert scaled.tolist() == [[[0.5, -0.5]]]
    assert torch.equal(scaling.predictions(scaled), raw)


def test_choices_and_logits_have_no_unit() -> None:
    scaling = Scaling(MOMENTS, CHOICES, return_scale=1.0)
    chosen, logits = torch.tensor([[2, 0]]), torch.tensor([[[-3.0, 7.0, 0.5]]])

    assert torch.equal(scaling.actions(chosen), chosen)
    assert torch.equal(scaling.predictions(logits), logits)
    assert sorted(scaling.state_dict()) == ["observation_mean", "observation_std", "return_scale"]


def test_where_nothing_was_done_stands_the_middle_or_no_choice() -> None:
    bounded = Scaling(MOMENTS, numbers((0.0, -10.0), (4.0, 10.0)), return_scale=1.0)
    choices = Scaling(MOMENTS, CHOICES, return_scale=1.0)

    assert bounded.no_actions(torch.zeros(2, 5, 2)).tolist() == [[[2.0, 0.0]]] * 2
    assert choices.no_actions(torch.zeros(2, 5, dtype=torch.int16)).tolist() == [[NO_CHOICE]] * 2


def test_images_are_divided_by_255_and_have_no_moments() -> None:
    nothing = Moments(np.zeros(0, np.float32), np.ones(0, np.float32))
    scaling = Scaling(nothing, Spaces(Image(1, 3, stack=1), Discrete(3)), return_scale=1.0)

    scaled = scaling.observations(torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 1, 1, 1, 3))

    torch.testing.assert_close(scaled.flatten(), torch.tensor([0.0, 0.2, 1.0]), rtol=0, atol=0)
    assert sorted(scaling.state_dict()) == ["return_scale"]


def test_rewards_are_divided() -> None:
    scaling = Scaling(MOMENTS, CHOICES, return_scale=10.0, reward_scale=4.0)

    assert scaling.rewards(torch.tensor([[3.0]])).tolist() == [[0.75]]


def test_whole_numbers_become_ones_among_zeros() -> None:
    scaling = Scaling(MOMENTS, CHOICES, return_scale=1.0, levels=3)

    seen = scaling.observations(torch.tensor([[[0.0, 2.0], [1.0, 3.0]]]))

    # 3 is no level.
    assert seen.tolist() == [[[1, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 0]]]
