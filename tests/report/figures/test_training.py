"""The loss is smoothed honestly and scaled where that helps."""

import math

import pytest

from decision_mamba.report.figures.training import draw_training, is_logarithmic, smooth
from decision_mamba.report.record import Metric


def test_a_mean_takes_what_neighbours_there_are() -> None:
    assert smooth([1.0, 2.0, 6.0, 4.0], reach=1) == [1.5, 3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([1.0, 0.1], True), ([1.0, 0.5], False), ([1.0, 0.0], False), ([10.0, -1.0], False)],
)
def test_an_axis_is_logarithmic_where_that_helps(losses: list[float], expected: bool) -> None:
    assert is_logarithmic(losses) is expected


def test_losses_that_are_no_numbers_are_not_drawn() -> None:
    metrics = [Metric(1, 1.0, 0.1), Metric(2, 0.5, 0.1), Metric(3, math.nan, 0.1)]

    picture = draw_training(metrics)

    assert picture.words.description == "Training loss, from 1 at update 1 to 0.5 at update 2."
    assert [key.label for key in picture.words.keys] == ["as logged", "mean over 3 logged rows"]
    assert "nan" not in picture.wide


@pytest.mark.parametrize("rate", [0.0, 1e-4])
def test_one_row_is_enough(rate: float) -> None:
    picture = draw_training([Metric(1, 0.25, rate)])

    assert "The axis is linear" in picture.words.caption


def test_a_long_training_is_thinned() -> None:
    metrics = [Metric(update, math.exp(-update / 9999), 0.1) for update in range(1, 20_001)]

    assert len(draw_training(metrics).wide) < 100_000
