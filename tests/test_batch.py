"""Batches are cut and joined along both axes without losing a field."""

import dataclasses

import pytest
import torch

from decision_mamba.batch import Batch, Context, as_context
from decision_mamba.errors import BadInput


def batch(first: int) -> Batch:
    steps = torch.arange(first, first + 3).repeat(2, 1)
    return Batch(
        observations=steps[..., None].float(),
        actions=steps[..., None].float(),
        returns_to_go=steps.float(),
        timesteps=steps,
        mask=steps >= 0,
    )


def test_steps_follow_one_another() -> None:
    joined = batch(0).then(batch(3))

    assert joined.timesteps.tolist() == [[0, 1, 2, 3, 4, 5]] * 2
    assert joined.observations.shape == (2, 6, 1)
    assert joined.first(2).returns_to_go.tolist() == [[0.0, 1.0]] * 2
    assert joined.last(2).returns_to_go.tolist() == [[4.0, 5.0]] * 2


def test_rows_are_chosen() -> None:
    chosen = batch(0).rows(torch.tensor([False, True]))

    assert chosen.mask.shape == (1, 3)
    assert chosen.actions.flatten().tolist() == [0.0, 1.0, 2.0]


def test_only_the_last_action_is_decided() -> None:
    decided = batch(0).acted(torch.tensor([[7.0], [8.0]]))

    assert decided.actions[..., 0].tolist() == [[0.0, 1.0, 7.0], [0.0, 1.0, 8.0]]
    assert batch(0).actions[..., 0].tolist() == [[0.0, 1.0, 2.0]] * 2


def test_steps_are_cut_into_pieces() -> None:
    pieces = batch(0).then(batch(3)).chunks(4)

    assert [piece.timesteps[0].tolist() for piece in pieces] == [[0, 1, 2, 3], [4, 5]]
    assert pieces[0].then(pieces[1]).observations.flatten().tolist() == [0, 1, 2, 3, 4, 5] * 2


def test_choices_are_cut_and_joined_as_numbers_are() -> None:
    chosen = dataclasses.replace(batch(0), actions=torch.tensor([[4, 0, 2], [1, 3, 5]]))

    decided = chosen.last(2).then(chosen.first(1)).acted(torch.tensor([7, 8]))

    assert decided.actions.tolist() == [[0, 2, 7], [3, 5, 8]]
    assert decided.actions.dtype == torch.int64


def context(first: int, goal_numbers: int = 1) -> Context:
    steps = torch.arange(first, first + 3).repeat(2, 1)
    return Context(
        **vars(batch(first)),
        rewards=steps + 0.5,
        arrived=steps[..., None] + 30.0,
        labels=steps[..., None] + 10.0,
        weights=steps.float(),
        goals=steps[..., None].repeat(1, 1, goal_numbers) + 20.0,
    )


def test_a_context_stays_one_however_it_is_cut_and_joined() -> None:
    cut = context(0).then(context(3)).last(5).first(3).rows(torch.tensor([True, False]))

    assert type(cut) is Context
    assert cut.timesteps.tolist() == [[1, 2, 3]]
    assert cut.rewards.tolist() == [[1.5, 2.5, 3.5]]
    assert cut.arrived.flatten().tolist() == [31.0, 32.0, 33.0]
    assert cut.labels.flatten().tolist() == [11.0, 12.0, 13.0]
    assert cut.weights.tolist() == [[1.0, 2.0, 3.0]]
    assert cut.goals.flatten().tolist() == [21.0, 22.0, 23.0]


def test_pieces_of_a_context_are_contexts() -> None:
    pieces = context(0).chunks(2)

    assert [type(piece) for piece in pieces] == [Context, Context]
    assert [piece.rewards[1].tolist() for piece in pieces] == [[0.5, 1.5], [2.5]]


def test_a_decision_changes_what_was_done_and_not_what_should_be() -> None:
    decided = context(0).acted(torch.tensor([[7.0], [8.0]]))

    assert type(decided) is Context
    assert decided.actions[..., 0].tolist() == [[0.0, 1.0, 7.0], [0.0, 1.0, 8.0]]
    assert decided.labels[0].flatten().tolist() == [10.0, 11.0, 12.0]


def test_a_context_may_be_without_goals() -> None:
    moved = context(0, goal_numbers=0).then(context(3, goal_numbers=0)).to(torch.device("cpu"))

    assert moved.goals.shape == (2, 6, 0)
    assert moved.mask.shape == (2, 6)


def test_only_the_last_reward_becomes_known() -> None:
    told = context(0).earned(torch.tensor([7.0, 8.0]))

    assert told.rewards.tolist() == [[0.5, 1.5, 7.0], [0.5, 1.5, 8.0]]
    assert context(0).rewards[0].tolist() == [0.5, 1.5, 2.5]


def test_alone_a_context_has_arrived_where_it_begins() -> None:
    later = context(0).last(2)
    elsewhere = dataclasses.replace(later, arrived=later.observations + 5)

    alone = elsewhere.alone()

    assert torch.equal(alone.arrived[:, 0], later.observations[:, 0])
    assert torch.equal(alone.arrived[:, 1:], elsewhere.arrived[:, 1:])
    assert batch(0).alone().observations.tolist() == batch(0).observations.tolist()


def test_windows_without_rewards_are_no_context() -> None:
    known = context(0)

    assert as_context(known) is known
    with pytest.raises(
        BadInput, match=r"^this policy reads what was earned, and was given windows"
    ):
        as_context(batch(0))
