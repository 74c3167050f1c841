"""Rows of one batch may each be in an episode and a chunk of their own."""

import pytest
import torch

from decision_mamba.batch import Context
from decision_mamba.mixers import Attention, MixerSettings, Selective, State
from decision_mamba.models.hybrid import HybridPolicy
from tests.conftest import step_by_step
from tests.models.hybrid.rows import ragged_rows, small_hybrid


def decided(policy: HybridPolicy, context: Context) -> torch.Tensor:
    """What is decided step by step where something is."""
    return step_by_step(policy, context)[context.mask]


def test_rows_of_unequal_episodes_are_decided_as_they_are_learned(mixer: MixerSettings) -> None:
    context = ragged_rows()
    policy = small_hybrid(memory=mixer)

    torch.testing.assert_close(decided(policy, context), policy(context)[context.mask])


@pytest.mark.parametrize("memory", [Selective(), Attention()], ids=["selective", "attention"])
@pytest.mark.parametrize("leaves_after", [1, 4, 9])
def test_a_row_that_stays_is_decided_as_if_alone(memory: MixerSettings, leaves_after: int) -> None:
    policy, context = small_hybrid(memory=memory), ragged_rows()
    stays = torch.tensor([False, True])
    _, state = policy.continued(context.first(leaves_after), None, None)
    previous = context.first(leaves_after).last(1).rows(stays)
    rest = context.last(17 - leaves_after).rows(stays)

    after: State = tuple(part[stays] for part in state)
    alone, _ = policy.continued(rest, previous, after)

    mask = rest.mask
    torch.testing.assert_close(alone[mask], policy(context)[1:, leaves_after:][mask])
