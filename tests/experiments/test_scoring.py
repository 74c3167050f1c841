"""A table's scores are means over seeds, and say only what their intervals carry."""

import dataclasses
import json
from pathlib import Path

import pytest

from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.table import Row, Table
from decision_mamba.experiments.scoring import Score, as_json, page, scores
from decision_mamba.experiments.tables import Cell, cells
from decision_mamba.result import DataSummary, Reading, Result


def table_of(experiment: Experiment, *names: str) -> Table:
    return Table(
        name="a/table",
        title="Some models",
        notes=("A note.",),
        columns=("here",),
        rows=tuple(Row(name, (experiment,)) for name in names),
        seeds=(0, 1, 2),
    )


def judged(cell: Cell, mean: float, *, status: str = "finished", scale: bool = True) -> None:
    """Writes the result that a run of this cell would leave behind."""
    score = mean / 10 if scale else None
    reading = Reading("last", "last update", 6, 3600.0, 20, mean, 1.0, score, 0.1)
    better = dataclasses.replace(reading, rule="best", mean=mean + 500)
    result = Result(
        preset="p", task="t", status=status, seed=cell.experiment.seed, device="cpu", update=6,
        updates=6, parameters=1234, seconds=1.0, data=DataSummary((), 1, 1, (1.0,)),
        readings=(better, reading), versions=(),
    )  # fmt: skip
    cell.folder.mkdir(parents=True)
    (cell.folder / "result.json").write_text(result.to_json())


def test_a_score_is_the_mean_of_the_seeds_last_evaluations(
    experiment: Experiment, tmp_path: Path
) -> None:
    runs = list(cells(table_of(experiment, "one"), (0, 1, 2), tmp_path))
    for cell, mean in zip(runs, (100.0, 200.0, 600.0), strict=True):
        judged(cell, mean)

    (score,) = scores(runs)

    assert score.returns == (100.0, 200.0, 600.0)
    assert score.normalised == (10.0, 20.0, 60.0)
    assert (score.mean, score.parameters, score.episodes) == (30.0, 1234, 20)
    # t(0.975, 2) = 4.303, standard deviation 26.458, over the root of 3.
    assert score.interval == pytest.approx(4.303 * 26.4575 / 3**0.5, rel=1e-4)


def test_of_consecutive_episodes_the_last_one_counts(
    experiment: Experiment, tmp_path: Path
) -> None:
    runs = list(cells(table_of(experiment, "one"), (0, 1), tmp_path))
    for cell, mean in zip(runs, (14.0, 16.0), strict=True):
        judged(cell, mean, scale=False)
        path = cell.folder / "result.json"
        path.write_text(path.read_text().replace('"rule": "last"', '"rule": "last-episode"'))

    (score,) = scores(runs)

    assert score.returns == (14.0, 16.0)
    assert "15.00 ± 12.71" in page(table_of(experiment, "one"), [score], "command", ())


def test_what_is_not_finished_has_no_score(experiment: Experiment, tmp_path: Path) -> None:
    first, second, _ = cells(table_of(experiment, "one"), (0, 1, 2), tmp_path)
    judged(first, 100.0)
    judged(second, 900.0, status="stopped")

    (score,) = scores([first, second])

    assert score.seeds == (0,)
    assert score.interval is None


def test_returns_stand_for_themselves_where_there_is_no_scale(
    experiment: Experiment, tmp_path: Path
) -> None:
    table = table_of(experiment, "one")
    (cell,) = cells(table, (0,), tmp_path)
    judged(cell, 123.0, scale=False)
    found = scores([cell])

    assert found[0].mean == 123.0
    assert "| one | 1,234 | 123.0 | – | 123 |" in page(table, found, "command", ())


def score(row: str, *normalised: float) -> Score:
    return Score(row, "here", 10, (0, 1, 2), normalised, normalised, 20)


def test_the_page_shows_command_notes_scores_and_gaps(experiment: Experiment) -> None:
    table = table_of(experiment, "one", "two")

    text = page(table, [score("one", 9.0, 10.0, 11.0)], "the command", ("torch 9",))

    assert text.startswith("# Some models\n\n    the command\n\nA note.\n\n")
    assert "| one | 10 | 10.0 ± 2.5 | 9.0, 10.0, 11.0 | 9, 10, 11 |" in text
    assert "| two | – | not run | – | – |" in text
    assert "Versions: torch 9." in text


def test_only_intervals_that_lie_apart_put_one_above_another(experiment: Experiment) -> None:
    table = table_of(experiment, "low", "high", "wide")
    found = [
        score("low", 9.0, 10.0, 11.0),
        score("high", 89.0, 90.0, 91.0),
        score("wide", 10.0, 50.0, 120.0),
    ]

    text = page(table, found, "command", ())

    assert "Intervals lie apart only here, and no other difference is carried: high above low." in (
        text
    )


def test_where_all_meet_nothing_is_said_to_be_above(experiment: Experiment) -> None:
    found = [score("one", 9.0, 10.0, 11.0), score("two", 10.0, 11.0, 12.0)]

    assert "No two intervals lie apart" in page(table_of(experiment, "one"), found, "c", ())


def test_without_intervals_nothing_is_said_of_them(experiment: Experiment) -> None:
    alone = Score("alone", "here", 10, (0,), (90.0,), (90.0,), 20)
    found = [score("one", 9.0, 10.0, 11.0), alone]

    text = page(table_of(experiment, "one", "alone"), found, "command", ())

    assert "There are no two intervals to compare" in text
    assert "lie apart" not in text


def test_every_number_is_in_the_json(experiment: Experiment) -> None:
    (row,) = json.loads(as_json(table_of(experiment, "one"), [score("one", 9.0, 10.0, 11.0)]))[
        "scores"
    ]

    assert (row["returns"], row["mean"]) == ([9.0, 10.0, 11.0], 10.0)
