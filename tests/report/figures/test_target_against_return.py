"""The first picture shows what was asked, what was reached and what the data know."""

import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from decision_mamba.report.figures.palette import SERIES
from decision_mamba.report.figures.target_against_return import Series, _draw, draw_targets
from decision_mamba.report.scores import NormalisedScale, scores_of
from tests.report.conftest import EVALUATIONS, played

LAST = scores_of(EVALUATIONS)[2:]
RUN = Series("a run", LAST, SERIES[:2])


def test_every_mean_is_written_and_every_episode_a_dot() -> None:
    picture = draw_targets([RUN], [50.0, 100.0, 210.0], scale=NormalisedScale(0.5, 0.0))

    assert ">190</text>" in picture.wide
    assert ">101</text>" in picture.wide
    assert picture.wide.count("fill-opacity: 0.45") == len([r for s in LAST for r in s.returns])
    assert ">did what it was told</text>" in picture.wide
    assert ">normalised score</text>" in picture.wide
    assert ">data</text>" in picture.narrow
    assert ">normalised score</text>" not in picture.narrow  # a phone has no room for it
    assert picture.words.keys == ()


def test_it_is_told_to_those_who_do_not_see_it() -> None:
    description = draw_targets([RUN], []).words.description

    assert description.replace("\N{NO-BREAK SPACE}", " ") == (
        "Return reached over return asked for. 190 ± 127 for 200 and 101 ± 13 for 100."
    )


def test_without_data_nothing_is_said_of_them() -> None:
    picture = draw_targets([RUN], [])

    assert ">data</text>" not in picture.wide
    assert "data" not in picture.words.caption


def test_several_runs_have_a_legend_and_no_numbers() -> None:
    other = Series("another", LAST, (SERIES[2],) * 2)

    picture = draw_targets([RUN, other], [], title="Two")

    assert [key.label for key in picture.words.keys] == ["a run", "another"]
    assert ">190</text>" not in picture.wide
    assert picture.words.title == "Two"


@pytest.mark.parametrize("returns", [(0.0,), (-21.0, -20.0)])
def test_a_policy_without_targets_is_a_line(returns: tuple[float, ...]) -> None:
    scores = scores_of(played(1, None, *returns))

    picture = draw_targets([Series("bc", scores, SERIES[:1])], [])

    assert "var(--blue)" in picture.wide
    assert "fill-opacity: 0.45" not in picture.wide


def test_wide_intervals_end_at_the_axes_and_means_on_them_are_whole() -> None:
    figure = Figure()
    wide = Series("a run", scores_of(played(1, 20.0, -21.0, 0.0)), SERIES[:1])

    _draw(figure, [wide], [], None)

    [axes] = figure.axes
    bars = [lines for lines in axes.collections if isinstance(lines, LineCollection)]
    assert [bar.get_clip_on() for bar in bars] == [True]
    caps = [line for line in axes.lines if line.get_marker() == "_"]
    assert [cap.get_clip_on() for cap in caps] == [True, True]
    assert [line.get_clip_on() for line in axes.lines if line.get_marker() == "o"] == [False]
