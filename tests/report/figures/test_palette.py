"""The colours can be told apart, by CSS and by readers."""

import pytest

from decision_mamba.report.figures.palette import ALL, CARD, INK, MUTED, SERIES, Colour, colours_for


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_no_two_colours_share_a_name_or_a_light_edition() -> None:
    assert len({colour.name for colour in ALL}) == len(ALL)
    assert len({colour.light for colour in ALL}) == len(ALL)


@pytest.mark.parametrize("colour", [INK, MUTED], ids=lambda colour: colour.name)
def test_text_can_be_read_on_a_card(colour: Colour) -> None:
    assert contrast(colour.light, CARD.light) > 4.5
    assert contrast(colour.dark, CARD.dark) > 4.5


@pytest.mark.parametrize("colour", SERIES, ids=lambda colour: colour.name)
def test_a_series_can_be_seen_on_a_card(colour: Colour) -> None:
    assert contrast(colour.light, CARD.light) > 3
    assert contrast(colour.dark, CARD.dark) > 3


def test_after_the_sixth_colour_they_begin_again() -> None:
    colours = colours_for([float(target) for target in range(7)])

    assert [colour.name for colour in colours.values()][:2] == ["blue", "vermilion"]
    assert colours[6.0] == colours[0.0]


def test_a_colour_is_a_variable_of_the_page() -> None:
    assert INK.variable == "var(--ink)"
