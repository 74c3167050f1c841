"""The error of each row's last learned step is told apart from that of all."""

import dataclasses
import math

import pytest
import torch

from decision_mamba.mixers import Attention
from decision_mamba.models.policy import Model
from decision_mamba.training.last_step import last_step_error
from tests.conftest import CHOICES, in_context, random_batch, small_policy


@pytest.mark.parametrize("dropout", [0.0, 0.9])
def test_it_is_the_weighted_mean_of_the_last_learned_steps(dropout: float) -> None:
    model = Model(mixer=Attention(), width=8, blocks=1, timesteps=0, dropout=dropout)
    policy = small_policy(model, spaces=CHOICES)
    # Of the first row the third step is the last one that counts, of the second the fourth.
    weights = torch.tensor([[1.0, 1.0, 3.0, 0.0], [0.5, 0.0, 0.0, 1.0]])
    context = dataclasses.replace(in_context(random_batch(4, spaces=CHOICES)), weights=weights)

    found = last_step_error(policy, context, "float32")

    logits = policy.eval()(context).detach()
    chances = torch.log_softmax(logits, dim=-1)
    first = -chances[0, 2, context.labels[0, 2]].item()
    second = -chances[1, 3, context.labels[1, 3]].item()
    assert math.isclose(found, (3 * first + 1 * second) / 4, rel_tol=1e-5)
