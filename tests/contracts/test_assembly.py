"""However a policy is put together, chunks, steps and decisions equal one look at the whole."""

import dataclasses
import itertools
import typing

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.mixers import Attention, Selective, StateSpace
from decision_mamba.models import Model
from decision_mamba.models.blocks import Norm
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.models.tokens import Layout
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from tests.conftest import (
    SPACES,
    chunk_by_chunk,
    in_context,
    placed,
    random_batch,
    step_by_step,
)

STEPS = 6
MIXERS = (Selective(state=4), Selective(state=4, up_projection="post"), StateSpace(state=4))
COMBINATIONS = list(
    itertools.product(typing.get_args(Layout), (True, False), (True, False), typing.get_args(Norm))
)


@pytest.fixture(params=enumerate(COMBINATIONS), ids=lambda numbered: f"{numbered[1]}")
def policy(request: pytest.FixtureRequest) -> SequencePolicy:
    number, (layout, actions, residual, norm) = request.param
    # What the combinations do not list takes turns among them.
    model = Model(
        mixer=MIXERS[number % len(MIXERS)],
        last_mixer=Attention(dropout=0.0) if number % 2 else None,
        width=8,
        blocks=2,
        channel_mixing=bool(number % 5),
        tokens=layout,
        action_tokens=actions,
        positions="token" if number % 8 in (1, 2, 4, 7) else "step",
        timesteps=0 if number % 3 else 10,
        embedding=0 if number % 4 else 6,
        embedding_norm=bool(number % 2),
        projection="linear" if number % 7 else "two-layer",
        residual=residual,
        mixer_norm=norm,
        final_norm=norm,
    )
    nothing = np.zeros(3, np.float32)
    with Seeds(number).weights():
        # The last steps are beyond the rows of a window.
        acting = Acting(window=STEPS - 2)
        return placed(model.build(SPACES, Moments(nothing, nothing + 1), acting)).eval()


@pytest.fixture
def batch() -> Batch:
    """Steps with all that any layout reads."""
    return in_context(random_batch(STEPS, most=3000.0))


@torch.no_grad()
def test_chunks_steps_and_decisions_equal_the_whole(policy: SequencePolicy, batch: Batch) -> None:
    whole = policy(batch)

    torch.testing.assert_close(chunk_by_chunk(policy, batch, 4), whole, rtol=1e-4, atol=2e-6)
    torch.testing.assert_close(step_by_step(policy, batch), whole, rtol=1e-4, atol=2e-6)
    for age in range(1, STEPS + 1):
        decided = policy.decide(unknown_at_the_end(batch.first(age)))
        torch.testing.assert_close(decided, whole[:, age - 1], rtol=1e-4, atol=2e-6)


def unknown_at_the_end(batch: Batch) -> Batch:
    """The same steps with another last action, which nobody may look at."""
    actions = batch.actions.clone()
    actions[:, -1] = 0.7
    return dataclasses.replace(batch, actions=actions)
