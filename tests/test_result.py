"""Results are read back as they were written."""

import dataclasses
import json
import math
from pathlib import Path

import pytest

from decision_mamba.result import DataSummary, Played, Reading, Result, half_interval, read_rows

PLAYED = Played(
    update=100,
    task="Hopper-v4",
    mode="window",
    target=3600.0,
    seed=0,
    episode=2,
    total_reward=3500.5,
    length=1000,
)


def test_a_played_episode_is_a_line_with_its_return() -> None:
    row = PLAYED.to_row()

    assert row["return"] == 3500.5
    assert Played.from_row(json.loads(json.dumps(row))) == PLAYED


def test_an_episode_by_itself_is_written_as_ever() -> None:
    assert {"number", "instance"}.isdisjoint(PLAYED.to_row())


def test_which_of_the_episodes_that_follow_one_another_comes_back() -> None:
    third = dataclasses.replace(PLAYED, number=3, instance=17)

    assert third.to_row()["number"] == 3
    assert Played.from_row(json.loads(json.dumps(third.to_row()))) == third


def result_of(reading: Reading) -> Result:
    return Result(
        preset="demo",
        task="Hopper-v4",
        status="finished",
        seed=0,
        device="cpu",
        update=100,
        updates=100,
        parameters=5,
        seconds=1.5,
        data=DataSummary(("demo",), 2, 30, (1.0, 2.0)),
        readings=(reading,),
        versions=("torch 2",),
    )


def test_a_result_comes_back(tmp_path: Path) -> None:
    result = result_of(Reading("last", "last update", 100, 3600.0, 20, 3500.0, 12.5))
    (tmp_path / "result.json").write_text(result.to_json())

    assert Result.read(tmp_path / "result.json") == result


def test_a_line_that_was_being_written_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"update": 1}\n{"update": 2}\n{"upd')

    assert read_rows(path) == [{"update": 1}, {"update": 2}]
    assert read_rows(tmp_path / "none.jsonl") == []


def test_the_interval_is_that_of_the_mean() -> None:
    assert half_interval([1.0, 3.0]) == pytest.approx(12.706)
    assert half_interval([1.0, 3.0] * 10) == pytest.approx(2.093 * math.sqrt(20 / 19 / 20))
    widest = 2.00100 * math.sqrt(60 / 59 / 60)
    assert half_interval([1.0, 3.0] * 30) == pytest.approx(widest, rel=1e-4)
    assert half_interval([5.0]) is None


def test_one_episode_is_written_without_an_interval_and_read_with_that_of_older_files(
    tmp_path: Path,
) -> None:
    alone = Reading("last", "last update", 100, None, 1, 3500.0, None)
    path = tmp_path / "result.json"
    path.write_text(result_of(alone).to_json())
    older = json.loads(path.read_text())

    assert "interval" not in older["readings"][0]
    assert Result.read(path).readings == (alone,)

    older["readings"][0]["interval"] = 0.0
    path.write_text(json.dumps(older))

    assert Result.read(path).readings[0].interval == 0.0
