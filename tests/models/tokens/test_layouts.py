"""A layout says how many tokens a step has, and which of them predicts."""

import typing

import pytest

from decision_mamba.models.tokens.layouts import Layout, arrangement

ALL: tuple[Layout, ...] = typing.get_args(Layout)


@pytest.mark.parametrize(
    ("layout", "per_step", "behind"),
    [
        ("return-state-action", 3, 1),
        ("return-action-state", 3, 0),
        ("concatenated", 1, 0),
        ("return-once", 2, 0),
        ("action-return-state", 3, 0),
        ("state-action", 2, 1),
        ("history", 1, 0),
        ("history-with-return", 1, 0),
        ("state-action-reward", 3, 2),
        ("return-state-action-reward", 4, 2),
    ],
)
def test_the_state_is_a_steps_last_token_but_for_what_was_done_there_and_earned(
    layout: Layout, per_step: int, behind: int
) -> None:
    made = arrangement(layout, action_tokens=True)

    assert (made.per_step, made.behind) == (per_step, behind)


@pytest.mark.parametrize(
    ("layout", "step"),
    [
        ("return-state-action", ("return", "state")),
        ("return-action-state", ("return", "state")),
        ("concatenated", ("return", "state")),
        ("return-once", ("state",)),
        ("action-return-state", ("return", "state")),
        ("state-action", ("state",)),
        ("history", ("arrived", "reward before", "begins", "state")),
        ("history-with-return", ("return", "arrived", "reward before", "begins", "state")),
        ("state-action-reward", ("state", "reward")),
        ("return-state-action-reward", ("return", "state", "reward")),
    ],
)
def test_actions_can_be_left_out(layout: Layout, step: tuple[str, ...]) -> None:
    made = arrangement(layout, action_tokens=False)

    assert (made.step, made.has_actions) == (step, False)
    assert made.behind == step[::-1].index("state")


@pytest.mark.parametrize(
    ("layout", "action_tokens", "turns"),
    [
        ("return-state-action", True, 3),
        ("return-action-state", False, 2),
        ("concatenated", True, 1),
        ("return-once", True, 1),
        ("action-return-state", True, 3),
        ("state-action", True, 2),
        ("history", True, 1),
        ("return-state-action-reward", True, 4),
    ],
)
def test_kinds_repeat_after_each_step_unless_an_opening_comes_between(
    layout: Layout, action_tokens: bool, turns: int
) -> None:
    assert arrangement(layout, action_tokens=action_tokens).turns == turns


@pytest.mark.parametrize("layout", ALL)
def test_the_return_is_told_somewhere_where_the_layouts_name_says_so(layout: Layout) -> None:
    made = arrangement(layout, action_tokens=True)

    told = (*made.opening, *made.step).count("return")

    assert told == made.has_returns == ("return" in layout or layout == "concatenated")


@pytest.mark.parametrize("layout", ALL)
def test_rewards_are_read_where_the_layouts_name_says_so(layout: Layout) -> None:
    made = arrangement(layout, action_tokens=True)

    assert made.has_rewards == ("reward" in layout or "history" in layout)
