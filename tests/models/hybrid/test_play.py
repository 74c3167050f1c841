"""Rows of one batch may each be in an episode and a chunk of their own."""

import dataclasses

import pytest
import torch

from decision_mamba.batch import Context
from decision_mamba.mixers import Attention, MixerSettings, Selective, State
from decision_mamba.models.hybrid import HybridPolicy
from tests.conftest import step_by_step
from tests.models.hybrid.rows import ragged_rows, small_hybrid, with_arrival


def decided(policy: HybridPolicy, context: Context) -> torch.Tensor:
    """What is decided step by step where something is."""
    return step_by_step(policy, context)[context.mask]


def test_rows_of_unequal_episodes_are_decided_as_they_are_learned(mixer: MixerSettings) -> None:
    context = ragged_rows()
    policy = small_hybrid(memory=mixer)

    torch.testing.assert_close(decided(policy, context), policy(context)[context.mask])


@pytest.mark.parametrize("steps", [4, 7])  # one chunk, and one that is not whole behind it
def test_an_arrival_changes_nothing(steps: int) -> None:
    policy, first = small_hybrid(), ragged_rows().rows(torch.tensor([True, False]))
    context = first.first(steps).then(first.first(11).last(4))
    arrived = with_arrival(context, after=steps)
    plain = policy(context).flatten(0, 1)

    torch.testing.assert_close(policy(arrived)[arrived.mask], plain)
    torch.testing.assert_close(decided(policy, arrived), plain)


def test_arrivals_of_some_rows_leave_the_others_alone() -> None:
    policy, context = small_hybrid(), ragged_rows().first(14)
    mask = context.mask.clone()
    mask[0, 6] = mask[1, 2] = mask[1, 13] = False
    context = dataclasses.replace(context, mask=mask, rewards=context.rewards * mask)

    torch.testing.assert_close(decided(policy, context), policy(context)[mask])


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
