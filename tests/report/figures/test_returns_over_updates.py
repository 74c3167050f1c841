"""Each target has its line over the updates."""

from decision_mamba.report.figures.palette import SERIES
from decision_mamba.report.figures.returns_over_updates import asked, draw_returns
from decision_mamba.report.scores import NormalisedScale, scores_of
from tests.report.conftest import EVALUATIONS, played

COLOURS = {200.0: SERIES[0], 100.0: SERIES[1], None: SERIES[0]}


def test_each_target_has_a_line_in_the_legend() -> None:
    picture = draw_returns(scores_of(EVALUATIONS), COLOURS, NormalisedScale(0.5, 0.0))

    assert [key.label for key in picture.words.keys] == ["asked for 200", "asked for 100"]
    assert ">normalised score</text>" in picture.wide
    assert ">updates</text>" in picture.narrow


def test_one_evaluation_is_enough() -> None:
    picture = draw_returns(scores_of(played(5, None, 3.0)), COLOURS)

    assert [key.label for key in picture.words.keys] == ["takes no target"]


def test_a_target_is_named() -> None:
    assert asked(3600.0) == "asked for 3,600"
    assert asked(None) == "takes no target"
