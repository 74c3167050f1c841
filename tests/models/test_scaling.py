"""Scaling changes nothing where there is nothing to change, and undoes itself elsewhere."""

import numpy as np
import torch

from decision_mamba.models.scaling import Scaling
from decision_mamba.moments import Moments
from decision_mamba.spaces import Continuous

MOMENTS = Moments(mean=np.array([1.0, 2.0], np.float32), std=np.array([0.5, 4.0], np.float32))


def test_observations_and_returns_are_divided_as_published() -> None:
    scaling = Scaling(MOMENTS, Continuous((-1.0,), (1.0,)), return_scale=1000.0)

    observations = scaling.observations(torch.tensor([[[2.0, 2.0]]]))

    assert observations.tolist() == [[[2.0, 0.0]]]
    assert scaling.returns(torch.tensor([[3600.0]])).tolist() == [[torch.tensor(3.6).item()]]


def test_actions_between_minus_one_and_one_are_untouched() -> None:
    scaling = Scaling(MOMENTS, Continuous((-1.0,) * 3, (1.0,) * 3), return_scale=1.0)
    actions = torch.rand(4, 5, 3) * 2 - 1

    assert torch.equal(scaling.actions(actions), actions)
    assert torch.equal(scaling.raw_actions(actions), actions)


def test_other_actions_come_back() -> None:
    scaling = Scaling(MOMENTS, Continuous((0.0, -10.0), (4.0, 10.0)), return_scale=1.0)
    raw = torch.tensor([[[3.0, -5.0]]])

    scaled = scaling.actions(raw)

    assert scaled.tolist() == [[[0.5, -0.5]]]
    assert torch.equal(scaling.raw_actions(scaled), raw)
