"""Data and policy are drawn on one axis of returns."""

from decision_mamba.report.figures.distribution import draw_distribution
from decision_mamba.report.figures.palette import SERIES
from decision_mamba.report.scores import scores_of
from tests.report.conftest import EVALUATIONS, played

COLOURS = {200.0: SERIES[0], 100.0: SERIES[1], None: SERIES[0]}


def test_data_and_each_target_have_a_row() -> None:
    picture = draw_distribution([50.0, 210.0], 1000, scores_of(EVALUATIONS)[2:], COLOURS)

    for label in (
        "data, 1,000 episodes",
        "asked for 200, 2 episodes",
        "asked for 100, 2 episodes",
    ):
        assert f">{label}</text>" in picture.wide
        assert label in picture.words.description


def test_one_return_of_nothing_is_enough() -> None:
    picture = draw_distribution([], 0, scores_of(played(1, None, 0.0)), COLOURS)

    assert ">takes no target, 1 episode</text>" in picture.narrow
    assert "data" not in picture.words.description
