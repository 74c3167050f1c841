"""Numbers are written for readers."""

import pytest

from decision_mamba.report.wording import (
    duration,
    listed,
    number,
    plus_minus,
    plus_minus_normalised,
)

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3600.0, "3,600"),
        (-282.4, "−282"),
        (17.25, "17.2"),
        (0.5, "0.50"),
        (0.0, "0"),
        (-0.001, "0.00"),
        (12345678.0, "12,345,678"),
    ],
)
def test_a_number_has_about_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_an_interval_has_the_decimals_of_its_mean() -> None:
    assert plus_minus(3521.4, 59.2, 20) == f"3,521{NO_BREAK}±{NO_BREAK}59"
    assert plus_minus(15.25, 0.5, 20) == f"15.2{NO_BREAK}±{NO_BREAK}0.5"


def test_one_episode_has_no_interval() -> None:
    assert plus_minus(3521.4, None, 1) == "3,521"
    assert plus_minus(3521.4, 0.0, 1) == "3,521"  # as older files have it
    assert plus_minus_normalised(108.91, 0.0, 1) == "108.9"


def test_a_normalised_score_has_one_decimal() -> None:
    assert plus_minus_normalised(-1.25, 0.04, 5) == f"−1.2{NO_BREAK}±{NO_BREAK}0.0"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (241.0, "4 min 1 s"),
        (9000.0, "2 h 30 min"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_parts_are_joined_as_in_a_sentence(parts: list[str], text: str) -> None:
    assert listed(parts) == text
