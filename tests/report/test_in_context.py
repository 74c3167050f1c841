"""Runs with consecutive episodes are told of by episode, and their seeds together."""

import dataclasses
from typing import Any

from decision_mamba.report.comparison import compare
from decision_mamba.report.in_context import picture_of, pictures_of
from decision_mamba.report.page import render_page
from decision_mamba.report.record import Record, read_record
from decision_mamba.report.section import section_of
from decision_mamba.result import Played, Reading
from tests.report.conftest import WriteRun

# By copy, the returns of two episodes; copies 0 and 1 play the same task.
RETURNS = ((0, 7, (1.0, 10.0)), (1, 7, (3.0, 14.0)), (2, 9, (0.0, 18.0)))
READINGS = (
    Reading("last-episode", "last update, episode 2, the last", 20, None, 2, 15.0, 38.1,
            optimum=16.5),
)  # fmt: skip


def in_context(write_run: WriteRun, name: str = "run", seed: int = 7, **changes: Any) -> Record:
    """A run that was judged at updates 10 and 20, at 10 by half of what it reached at 20."""
    record = read_record(write_run(name))
    played = [
        Played(
            update, "darkroom", "recurrent", None, seed, copy, reached * update / 20, 20, n, task
        )
        for update in (10, 20)
        for copy, task, returns in RETURNS
        for n, reached in enumerate(returns, start=1)
    ]
    result = dataclasses.replace(record.result, task="darkroom", seed=seed, readings=READINGS)
    return dataclasses.replace(record, result=result, evaluations=tuple(played), **changes)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_opening_is_of_the_last_episode_and_over_tasks(write_run: WriteRun) -> None:
    section = section_of(in_context(write_run))

    # Task 7 earns 12 in the mean of its copies, task 9 18.
    assert plain(section.opening) == (
        "In the last of 2 consecutive episodes it reached 15.0 ± 38.1."
    )
    assert "over 2 tasks of darkroom" in section.basis
    assert "The best policy that knows these tasks earns 16.5 on average." in section.basis


def test_the_first_picture_is_by_episode(write_run: WriteRun) -> None:
    section = section_of(in_context(write_run))

    assert section.first is not None
    assert section.first.words.title == "Return by episode"
    assert "from 1.00 in episode 1 to 15.0 in episode 2" in section.first.words.description
    over_training = next(p for p in section.pictures if p.words.title == "Return over training")
    assert "in the last of 2 consecutive episodes" in over_training.words.caption


def test_the_tables_count_tasks(write_run: WriteRun) -> None:
    section = section_of(in_context(write_run))

    assert section.readings is not None
    assert section.played is not None
    assert section.readings.headings[3:] == (
        "tasks", "mean return ± 95\N{NO-BREAK SPACE}%", "normalised", "optimum",
    )  # fmt: skip
    assert section.readings.rows[0][-1] == "16.5"
    assert section.played.headings[-1] == "tasks"
    assert section.played.rows[0][-1] == "2"


def test_seeds_of_a_preset_are_one_line_and_other_runs_their_own(write_run: WriteRun) -> None:
    settings = {"evaluation": {"memory": "episode"}}
    runs = [
        in_context(write_run, "one", seed=0),
        in_context(write_run, "two", seed=1),
        in_context(write_run, "again", seed=1),
        in_context(write_run, "control", seed=0, settings=settings),
    ]

    [picture] = pictures_of(runs)

    assert [key.label for key in picture.words.keys] == [
        "demo, seeds 0 and 1",
        "again: demo, seed 1",
        "control: demo, seed 0, forgetting at each",
    ]
    assert "over seeds, or over tasks where there is one seed" in picture.words.caption


def test_runs_are_compared_by_their_last_episode(write_run: WriteRun) -> None:
    comparison = compare([in_context(write_run, "one", 0), in_context(write_run, "two", 1)])

    assert plain(comparison.opening) == (
        "In the last of 2 consecutive episodes one reached 15.0 ± 38.1 and two 15.0 ± 38.1."
    )
    assert "over the tasks of darkroom" in comparison.basis
    assert [p.words.title for p in comparison.pictures] == ["Return by episode, darkroom"]


def test_runs_of_both_kinds_keep_their_own_pictures(write_run: WriteRun) -> None:
    comparison = compare([in_context(write_run, "one"), read_record(write_run("two"))])

    assert [p.words.title for p in comparison.pictures] == [
        "Return by episode, darkroom",
        "Target against return, Hopper-v5",
    ]


def test_an_optimum_that_is_not_known_is_not_drawn(write_run: WriteRun) -> None:
    record = in_context(write_run)
    unknown = dataclasses.replace(record, result=dataclasses.replace(record.result, readings=()))

    assert "Dashed" in picture_of(record).words.caption
    assert "Dashed" not in picture_of(unknown).words.caption


def test_the_page_shows_it(write_run: WriteRun) -> None:
    page = render_page([in_context(write_run, "one", 0), in_context(write_run, "two", 1)])

    assert page.count("<h3>Return by episode") == 3
