"""Rows of episodes of unequal length, and small hybrids that read them."""

from typing import Any

import numpy as np
import torch

from decision_mamba.batch import Context
from decision_mamba.mixers import Attention
from decision_mamba.models.hybrid import Hybrid, HybridPolicy
from decision_mamba.models.memory import Acting
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Spaces
from tests.conftest import CHOICES, some_actions

CHUNK = 4

# Episodes of 7, 5 and 5 steps; of 3 and 11 steps, then padding.
AGES = [[*range(7), *range(5), *range(5)], [*range(3), *range(11), 10, 10, 10]]
REAL = [[True] * 17, [True] * 14 + [False] * 3]


def ragged_rows(spaces: Spaces = CHOICES) -> Context:
    generator = torch.Generator().manual_seed(0)
    mask = torch.tensor(REAL)
    steps = mask.shape
    observations = torch.randn(*steps, 3, generator=generator)
    return Context(
        observations=observations,
        actions=some_actions(spaces, *steps),
        returns_to_go=torch.rand(steps, generator=generator) * 20,
        timesteps=torch.tensor(AGES),
        mask=mask,
        rewards=torch.rand(steps, generator=generator) * mask,
        arrived=observations,
        labels=some_actions(spaces, *steps),
        weights=mask.float(),
        goals=torch.randn(*steps, 3, generator=generator),
    )


def small_hybrid(spaces: Spaces = CHOICES, **changes: Any) -> HybridPolicy:
    """A hybrid that drops nothing, in evaluation mode."""
    settings: dict[str, Any] = {
        "width": 16,
        "blocks": 2,
        "chunk": CHUNK,
        "actor": Attention(dropout=0.0),
        "dropout": 0.0,
        "embedding_dropout": 0.0,
        "return_scale": 10.0,
    }
    moments = Moments(
        mean=np.array([0.5, -1.0, 2.0], np.float32), std=np.array([1.0, 0.5, 3.0], np.float32)
    )
    model = Hybrid(**settings | changes)
    with Seeds(0).weights():
        return model.build(spaces, moments, Acting()).eval()
