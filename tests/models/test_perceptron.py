"""Each action follows from the last K states, and from nothing else."""

import dataclasses

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.models import Perceptron
from decision_mamba.models.memory import Acting
from decision_mamba.models.perceptron import PerceptronPolicy
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from tests.conftest import IMAGES, SPACES

MEAN, STD = np.array([0.5, -1.0, 2.0], np.float32), np.array([1.0, 0.5, 3.0], np.float32)
STEPS = 6


def perceptron(window: int = 4, width: int = 8) -> PerceptronPolicy:
    settings = Perceptron(width=width, blocks=3)
    with Seeds(0).weights():
        return settings.build(SPACES, Moments(MEAN, STD), Acting(window=window)).eval()


@pytest.fixture
def batch() -> Batch:
    generator = torch.Generator().manual_seed(0)
    return Batch(
        observations=torch.randn(2, STEPS, 3, generator=generator),
        actions=torch.rand(2, STEPS, 2, generator=generator),
        returns_to_go=torch.rand(2, STEPS, generator=generator),
        timesteps=torch.arange(STEPS).repeat(2, 1),
        mask=torch.ones(2, STEPS, dtype=torch.bool),
    )


@pytest.mark.parametrize("window", [1, 4, STEPS, 9])
def test_a_prediction_is_that_of_the_last_states_by_hand(batch: Batch, window: int) -> None:
    policy = perceptron(window)
    scaled = (batch.observations - torch.from_numpy(MEAN)) / torch.from_numpy(STD)

    predicted = policy(batch)

    for step in range(STEPS):
        seen = torch.zeros(2, window, 3)
        for age in range(min(step + 1, window)):
            seen[:, window - 1 - age] = scaled[:, step - age]
        expected = policy.head(policy.layers(seen.reshape(2, 1, -1)))
        torch.testing.assert_close(predicted[:, step : step + 1], expected)


@pytest.mark.parametrize("name", ["actions", "returns_to_go", "timesteps"])
def test_nothing_but_states_is_read(batch: Batch, name: str) -> None:
    policy = perceptron()
    other = dataclasses.replace(batch, **{name: getattr(batch, name) + 1})

    torch.testing.assert_close(policy(other), policy(batch), rtol=0, atol=0)


def test_what_lies_before_an_episode_is_the_mean(batch: Batch) -> None:
    policy = perceptron(window=3)
    before = torch.from_numpy(MEAN).expand(2, 2, 3)
    longer = dataclasses.replace(
        batch.first(3), observations=torch.cat([before, batch.observations[:, :1]], dim=1)
    )

    torch.testing.assert_close(policy(longer)[:, 2], policy(batch)[:, 0])


def test_states_older_than_the_window_are_forgotten(batch: Batch) -> None:
    policy = perceptron(window=2)

    torch.testing.assert_close(policy.decide(batch), policy.decide(batch.last(2)))
    assert not torch.allclose(policy.decide(batch), policy.decide(batch.last(1)))


def test_layers_are_counted_as_by_the_source() -> None:
    policy = perceptron(window=20, width=128)

    linear = [layer for layer in policy.layers if isinstance(layer, torch.nn.Linear)]

    assert [layer.in_features for layer in linear] == [60, 128, 128]
    # 60 * 128 + 128, twice 128 * 128 + 128, 128 * 2 + 2
    assert policy.parameters_count == 7_808 + 2 * 16_512 + 258


def test_dropout_acts_while_learning_only(batch: Batch) -> None:
    policy = perceptron()

    assert torch.equal(policy(batch), policy(batch))
    policy.train()
    assert not torch.equal(policy(batch), policy(batch))


def test_actions_fill_their_range(batch: Batch) -> None:
    policy = perceptron()
    far = dataclasses.replace(batch, observations=batch.observations * 1e4)

    assert policy(far).abs().max() <= 1.0


def test_images_are_refused() -> None:
    nothing = Moments(np.zeros(0, np.float32), np.zeros(0, np.float32))

    with pytest.raises(BadInput, match="learns from observation numbers, but got 2 frames of 36"):
        Perceptron().build(IMAGES, nothing, Acting(window=4))
