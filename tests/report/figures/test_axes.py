"""Axes are marked in the units of what they show."""

import pytest
from matplotlib.figure import Figure

from decision_mamba.report.figures.axes import (
    add_normalised_axis,
    title_above,
    write_returns,
    write_updates,
)
from decision_mamba.report.scores import NormalisedScale


@pytest.fixture
def figure() -> Figure:
    figure = Figure()
    figure.subplots()
    return figure


def labels(figure: Figure, axis: str) -> list[str]:
    [axes] = figure.axes
    chosen = axes.xaxis if axis == "x" else axes.yaxis
    return [label.get_text() for label in chosen.get_ticklabels()]


@pytest.mark.parametrize("axis", ["x", "y"])
def test_returns_have_the_decimals_of_their_axis(figure: Figure, axis: str) -> None:
    [axes] = figure.axes
    axes.set(xlim=(-2000, 4000), ylim=(-2000, 4000), xticks=[-2000, 5], yticks=[-2000, 5])

    write_returns(axes, axis)

    assert labels(figure, axis) == ["−2,000", "5"]


def test_updates_are_whole(figure: Figure) -> None:
    [axes] = figure.axes
    axes.set_xlim(1000, 1002)

    write_updates(axes)

    assert labels(figure, "x") == ["1,000", "1,001", "1,002"]


def test_the_right_side_is_normalised(figure: Figure) -> None:
    [axes] = figure.axes
    axes.set_ylim(0.0, 200.0)

    add_normalised_axis(axes, NormalisedScale(slope=0.5, offset=10.0))
    figure.draw_without_rendering()

    [right] = axes.child_axes
    assert right.get_ylim() == (10.0, 110.0)


def test_without_a_scale_there_is_no_right_side(figure: Figure) -> None:
    [axes] = figure.axes

    add_normalised_axis(axes, None)

    assert axes.child_axes == []


def test_an_axis_is_named_above_it(figure: Figure) -> None:
    [axes] = figure.axes

    title_above(axes, "loss")

    assert axes.get_title(loc="left") == "loss"
