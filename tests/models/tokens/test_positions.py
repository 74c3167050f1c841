"""A token has the row of its place in the window, and that of the window's beginning."""

import pytest
import torch

from decision_mamba.mixers import State
from decision_mamba.models.tokens.layouts import Layout, arrangement
from decision_mamba.models.tokens.positions import TokenPositions

PLACES, TIMES = 1, 100  # what a row of either table holds: its number, times this


def positions(layout: Layout, *, steps: int = 2, times: int = 4) -> TokenPositions:
    made = TokenPositions(arrangement(layout, action_tokens=True), steps, times, size=1)
    with torch.no_grad():
        made.pos_emb.copy_(PLACES * torch.arange(len(made.pos_emb))[:, None])
        if made.global_pos_emb is not None:
            made.global_pos_emb.copy_(TIMES * torch.arange(times + 1)[:, None])
    return made


def ages(first: int, steps: int) -> torch.Tensor:
    return torch.arange(first, first + steps)[None]


def rows(found: torch.Tensor) -> list[float]:
    numbers: list[float] = found.detach().flatten().tolist()
    return numbers


@pytest.mark.parametrize(
    ("layout", "places"),
    [
        ("return-state-action", [0, 1, 2, 3, 4, 5]),
        ("state-action", [0, 1, 2, 3]),
        ("concatenated", [0, 1]),
        ("return-once", [1, 2, 3, 4]),
    ],
)
def test_each_token_of_a_window_has_a_row_and_all_have_that_of_its_beginning(
    layout: Layout, places: list[int]
) -> None:
    found = positions(layout).of_steps(ages(first=3, steps=2), None)

    assert rows(found) == [300 + place for place in places]


def test_what_stands_before_the_first_step_has_the_first_row() -> None:
    assert rows(positions("return-once").of_opening(ages(first=3, steps=1))) == [300]


def test_there_is_a_row_more_than_tokens_as_published() -> None:
    of_papers = TokenPositions(
        arrangement("return-state-action", action_tokens=True), steps=30, times=2000, size=128
    )

    assert of_papers.pos_emb.shape == (3 * 30 + 1, 128)
    assert of_papers.get_parameter("global_pos_emb").shape == (2001, 128)
    assert not any(bool(table.any()) for table in of_papers.parameters())


def test_what_begins_beyond_the_table_has_its_last_row() -> None:
    assert rows(positions("concatenated").of_steps(ages(first=9, steps=1), None)) == [400]


def test_without_a_table_of_times_only_the_place_counts() -> None:
    assert rows(positions("concatenated", times=0).of_steps(ages(3, steps=2), None)) == [0, 1]


def test_a_sequence_that_goes_on_keeps_its_beginning_and_the_rows_of_its_last_step() -> None:
    layout = positions("state-action", steps=2)
    past = layout.after(ages(first=1, steps=1), None)

    found = layout.of_steps(ages(first=2, steps=3), past)

    assert rows(found) == [102, 103] * 3


@pytest.mark.parametrize(
    ("layout", "brought"),
    [
        ("return-state-action", [[0, 1], [2, 3, 4], [5, 3, 4], [5, 3, 4]]),
        ("action-return-state", [[0, 1, 2], [3, 4, 5], [3, 4, 5], [3, 4, 5]]),
        ("state-action", [[0], [1, 2], [3, 2], [3, 2]]),
        ("concatenated", [[0], [1], [1], [1]]),
        ("return-once", [[0, 1, 2], [3, 4], [3, 4], [3, 4]]),
    ],
)
def test_a_step_brings_the_rows_of_its_tokens(layout: Layout, brought: list[list[int]]) -> None:
    made = positions(layout)
    past: State | None = None

    for step, places in enumerate(brought):
        age = ages(first=2 + step, steps=1)
        assert rows(made.of_present(age, past)) == [200 + place for place in places]
        past = made.after(age, past)


def test_what_is_remembered_does_not_grow_and_has_a_row_per_sequence() -> None:
    made = positions("state-action", steps=2)
    two = torch.tensor([[5], [7]])

    (after_one,) = made.after(two, None)
    (after_three,) = made.after(two.repeat(1, 2) + 1, (after_one,))

    assert after_one.tolist() == [[5], [7]]
    assert after_three.tolist() == [[5, 5], [7, 7]]
