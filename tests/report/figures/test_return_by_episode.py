"""Each run has its line by episode, and the optimum lies across."""

import dataclasses

from matplotlib.figure import Figure

from decision_mamba.by_episode import Mean
from decision_mamba.report.figures.palette import MUTED, series
from decision_mamba.report.figures.return_by_episode import (
    Curve,
    _draw,
    _optima,
    by_episode_png,
    draw_by_episode,
)


def curve(label: str, last: float, optimum: float | None = None) -> Curve:
    return Curve(label, (Mean(1, 0.5, 0.2, 16), Mean(2, last, 1.0, 16)), optimum)


def test_the_words_say_how_far_it_came_and_what_could_be() -> None:
    picture = draw_by_episode([curve("ad", 14.9, 16.75)])

    assert picture.words.description == (
        "Mean return by episode, ad: from 0.50 in episode 1 to 14.9 in episode 2."
    )
    assert "95 % interval over tasks" in picture.words.caption
    assert picture.words.caption.endswith("that knows the tasks earns on average, 16.8.")
    assert picture.words.keys == ()
    assert ">episode</text>" in picture.narrow
    assert "var(--blue)" in picture.wide
    assert "var(--muted)" in picture.wide


def test_several_runs_stand_beside_one_another() -> None:
    picture = draw_by_episode([curve("ad", 14.9), curve("dmh", 13.9)], intervals="seeds")

    assert [key.label for key in picture.words.keys] == ["ad", "dmh"]
    assert "var(--vermilion)" in picture.wide
    assert "over seeds" in picture.words.caption
    assert "Dashed" not in picture.words.caption


def test_the_optimum_is_one_line_where_the_tasks_are_the_same() -> None:
    same = [curve("ad", 1.0, 16.75), curve("dmh", 2.0, 16.75), curve("hopper", 2.0)]
    other = [curve("ad", 1.0, 16.75), curve("dmh", 2.0, 16.5)]

    assert _optima(same) == [(16.75, MUTED)]
    assert _optima(other) == [(16.75, series(0)), (16.5, series(1))]
    assert _optima([curve("hopper", 2.0)]) == []


def test_it_is_a_file_as_well() -> None:
    assert by_episode_png([curve("ad", 14.9, 16.75)], "Darkroom").startswith(b"\x89PNG")


def test_one_task_is_a_line_without_a_band() -> None:
    alone = Curve("ad", (Mean(1, 0.5, None, 1), Mean(2, 14.9, None, 1)))

    assert "var(--blue)" in draw_by_episode([alone]).wide


def test_the_control_is_dotted_in_the_colour_of_its_curve() -> None:
    forgetting = dataclasses.replace(curve("ad", 14.9), control=(Mean(1, 0.5, None, 1),))
    axes = Figure().subplots()

    _draw(axes, [forgetting, curve("dmh", 13.9)])

    control, key = (line for line in axes.lines if line.get_linestyle() != "-")
    assert control.get_color() == series(0).light
    assert key.get_label() == "forgetting at each episode"


def test_curves_after_the_last_colour_have_other_markers() -> None:
    axes = Figure().subplots()

    _draw(axes, [curve(str(number), 1.0) for number in range(7)])

    assert [line.get_marker() for line in axes.lines] == ["o"] * 6 + ["s"]
    assert axes.lines[6].get_color() == axes.lines[0].get_color()
