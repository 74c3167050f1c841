"""The tables hold the numbers of the run."""

from pathlib import Path

import pytest

from decision_mamba.report.record import Record, read_record
from decision_mamba.report.scores import NormalisedScale, last_scores, scores_of
from decision_mamba.report.tables import (
    comparison_table,
    kinds_played,
    readings_table,
    scores_table,
    settings_table,
    speed,
    target_in_words,
    versions_table,
    what_ran,
)
from tests.report.conftest import EVALUATIONS, READINGS, WriteRun, played

LAST = last_scores(scores_of(EVALUATIONS))


@pytest.fixture
def record(write_run: WriteRun) -> Record:
    return read_record(write_run())


def plain(rows: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    return [tuple(cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row) for row in rows]


def test_what_ran_is_told_whole(record: Record, tmp_path: Path) -> None:
    assert what_ran(record).rows == (
        ("preset", "demo"),
        ("task", "Hopper-v5"),
        ("seed", "7"),
        ("status", "finished"),
        ("updates", "20 of 20"),
        ("parameters", "1,234"),
        ("training time", "10 s, evaluations left out"),
        ("updates per second", "2.00, mean over the training"),
        ("device", "cpu"),
        ("data", "demo"),
        ("episodes in the data", "3"),
        ("steps in the data", "90"),
        ("returns in the data", "50.0 to 210"),
        ("run folder", str(tmp_path / "run")),
    )


def test_no_speed_is_told_of_no_time(write_run: WriteRun) -> None:
    assert speed(read_record(write_run(seconds=0.0))) == "not known"


def test_each_reading_says_which_it_is() -> None:
    table = readings_table(READINGS)

    assert plain(table.rows) == [
        ("last evaluation", "20", "200", "2", "190 ± 20", "95.0 ± 9.8"),
        ("best target of the last evaluation", "20", "100", "2", "101 ± 2", "–"),
    ]


def test_each_target_has_its_score() -> None:
    table = scores_table(LAST, "Hopper-v5", NormalisedScale(0.5, 0.0))

    assert plain(table.rows) == [
        ("200", "190 ± 127", "95.0 ± 63.5", "180", "200", "10", "2"),
        ("100", "101 ± 13", "50.5 ± 6.4", "100", "102", "10", "2"),
    ]
    assert len(table.headings) == 7


def test_another_task_is_named_and_not_normalised() -> None:
    scores = (*LAST, *scores_of(played(20, 200.0, 150.0, task="Hopper-v4")))

    table = scores_table(scores, "Hopper-v5", NormalisedScale(0.5, 0.0))

    assert table.headings[-2:] == ("task", "mode")
    assert table.rows[-1] == (
        "200", "150", "–", "150", "150", "10", "1", "Hopper-v4", "recurrent",
    )  # fmt: skip
    assert kinds_played(scores) == "Hopper-v4 in recurrent mode and Hopper-v5 in recurrent mode"


def test_a_setting_is_told_by_its_path(record: Record) -> None:
    assert record.settings is not None

    assert settings_table(record.settings).rows == (
        ("kind", "Experiment"),
        ("seed", "7"),
        ("model", "Decision"),
        ("model.width", "64"),
        ("model.mixer", "Selective"),
        ("model.mixer.state", "16"),
        ("evaluation", "Evaluation"),
        ("evaluation.targets", "200.0, 100.0"),
    )


def test_a_switch_is_written_as_the_command_line_takes_it() -> None:
    assert settings_table({"film": True}).rows == (("film", "true"),)


def test_versions_are_pairs() -> None:
    assert versions_table(["torch 2.13.0+cpu"]).rows == (("torch", "2.13.0+cpu"),)


def test_runs_are_compared_by_their_last_evaluation(record: Record) -> None:
    table = comparison_table([(record, LAST), (record, ())])

    assert plain(table.rows) == [
        ("run", "demo", "Hopper-v5", "7", "20", "1,234", "200 → 190 ± 127\n100 → 101 ± 13", "2"),
        ("run", "demo", "Hopper-v5", "7", "20", "1,234", "not evaluated", "0"),
    ]


def test_no_target_is_said() -> None:
    assert target_in_words(None) == "none"
