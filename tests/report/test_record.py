"""A run folder is read whole, short or not at all."""

import json
from pathlib import Path

import pytest

from decision_mamba.errors import BadInput
from decision_mamba.report.record import Metric, read_record
from decision_mamba.result import Played
from tests.report.conftest import EVALUATIONS, WriteRun


def test_a_whole_folder_is_read(write_run: WriteRun) -> None:
    record = read_record(write_run())

    assert record.name == "run"
    assert record.result.preset == "demo"
    assert record.settings is not None
    assert record.settings["model"]["width"] == 64
    assert len(record.metrics) == 20
    assert record.metrics[3] == Metric(update=4, loss=0.25, learning_rate=0.001)
    assert record.evaluations == EVALUATIONS
    assert record.video is None
    assert record.without_video == "No video: nothing here can render."


def test_only_the_result_must_be_there(write_run: WriteRun) -> None:
    folder = write_run()
    for name in ("settings.toml", "metrics.jsonl", "evaluations.jsonl", "video.txt"):
        (folder / name).unlink()

    record = read_record(folder)

    assert record.settings is None
    assert record.metrics == ()
    assert record.evaluations == ()
    assert record.without_video is None


def test_an_update_logged_twice_counts_once(write_run: WriteRun) -> None:
    folder = write_run()
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"update": 4, "loss": 9.0, "learning_rate": 0.001}\n')
    rows = (folder / "evaluations.jsonl").read_text()
    (folder / "evaluations.jsonl").write_text(rows + rows)

    record = read_record(folder)

    assert [metric.update for metric in record.metrics] == list(range(1, 21))
    assert record.metrics[3].loss == 9.0
    assert record.evaluations == EVALUATIONS


@pytest.mark.parametrize(
    ("name", "why"), [("missing", "there is no such directory"), ("", "it has no result.json")]
)
def test_another_folder_is_refused(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(BadInput, match=f"is not a run folder: {why}"):
        read_record(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("result.json", "{"),
        ("result.json", "3"),
        ("result.json", '{"kind": "Result"}'),
        ("settings.toml", "a = "),
        ("metrics.jsonl", '{"update": 1}\n'),
        ("metrics.jsonl", "1\n"),
        ("evaluations.jsonl", '{"return": 1.0}\n'),
        ("evaluations.jsonl", "no JSON\n"),
        (
            "evaluations.jsonl",
            '{"update": 1, "task": "x", "mode": "window", "target": 1.0, "seed": 0, '
            '"episode": 0, "return": NaN, "length": 1}\n',
        ),
    ],
)
def test_a_damaged_file_is_named(write_run: WriteRun, name: str, text: str) -> None:
    folder = write_run()
    (folder / name).write_text(text)

    with pytest.raises(BadInput, match=rf"(?s){name} cannot be read \(.*\); restore it or leave"):
        read_record(folder)


def test_consecutive_episodes_of_a_copy_are_all_kept(write_run: WriteRun) -> None:
    folder = write_run()
    rows = [
        Played(20, "darkroom", "recurrent", None, 7, 0, float(number), 20, number, 5).to_row()
        for number in (1, 2, 2)
    ]
    (folder / "evaluations.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    assert [one.number for one in read_record(folder).evaluations] == [1, 2]
