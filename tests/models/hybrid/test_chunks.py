"""Chunks begin at every c-th step of an episode, and end before the next or with it."""

import pytest
import torch

from decision_mamba.models.hybrid.chunks import chunks_of
from tests.models.hybrid.rows import AGES, CHUNK, REAL, ragged_rows


def test_chunks_are_of_one_episode_each() -> None:
    chunks = chunks_of(torch.tensor(REAL), torch.tensor(AGES), CHUNK)

    assert chunks.rows.tolist() == [0] * 6 + [1] * 4
    assert chunks.numbers.tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3]
    assert chunks.steps[:, 0].tolist() == [0, 4, 7, 11, 12, 16, 0, 3, 7, 11]
    assert chunks.real.sum(dim=1).tolist() == [4, 3, 4, 1, 4, 1, 3, 4, 4, 3]
    assert chunks.steps[1].tolist() == [4, 5, 6, 7]
    assert chunks.real[1].tolist() == [True, True, True, False]


def test_a_row_that_begins_within_a_chunk_begins_one() -> None:
    mask, ages = torch.ones(1, 4, dtype=torch.bool), torch.tensor([[6, 7, 8, 9]])

    chunks = chunks_of(mask, ages, CHUNK)

    assert chunks.steps[:, 0].tolist() == [0, 2]
    assert chunks.real.tolist() == [[True, True, False, False]] * 2


def test_no_chunk_begins_or_goes_on_in_padding() -> None:
    # An episode of two steps and one of a single step, which padding repeats.
    mask = torch.tensor([[True, True, True, False, False]])
    ages = torch.tensor([[0, 1, 0, 0, 0]])

    chunks = chunks_of(mask, ages, CHUNK)

    assert chunks.steps[:, 0].tolist() == [0, 2]
    assert chunks.real.tolist() == [[True, True, False, False], [True, False, False, False]]


def test_values_are_laid_out_row_by_row() -> None:
    chunks = chunks_of(torch.tensor(REAL), torch.tensor(AGES), CHUNK)

    laid = chunks.row_by_row(torch.arange(1, 11), batch=2)

    assert laid.tolist() == [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 0, 0]]


@pytest.mark.parametrize(
    ("ages", "real", "alike"),
    [
        ([[0, 1, 2, 3, 4, 5]] * 2, [[True] * 6] * 2, True),
        ([[0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]], [[True] * 6] * 2, False),
        ([[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]], [[True] * 6, [True] * 3 + [False] * 3], False),
        ([[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]], [[True] * 6, [True] * 5 + [False]], False),
        ([[0, 1, 2, 3, 0, 0], [0, 0, 0, 0, 1, 2]], [[True] * 6] * 2, False),
    ],
    ids=["alike", "later", "fewer", "shorter", "more"],
)
def test_rows_are_alike_where_each_step_is_at_the_same_place(
    ages: list[list[int]], real: list[list[bool]], *, alike: bool
) -> None:
    chunks = chunks_of(torch.tensor(real), torch.tensor(ages), CHUNK)

    assert chunks.are_alike(batch=2) == alike


def test_what_lies_behind_a_chunk_has_no_weight() -> None:
    context = ragged_rows()
    chunks = chunks_of(context.mask, context.timesteps, CHUNK).only(torch.tensor([9, 1]))

    played = chunks.played(context)

    assert played.mask.tolist() == played.weights.bool().tolist()
    assert played.timesteps[0, :3].tolist() == [8, 9, 10]
    assert played.rewards[1, :3].tolist() == context.rewards[0, 4:7].tolist()
