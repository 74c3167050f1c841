"""Runs stand side by side only where they can be compared."""

import dataclasses

from decision_mamba.report.comparison import compare
from decision_mamba.report.record import Record, read_record
from tests.report.conftest import WriteRun


def on_another_task(record: Record) -> Record:
    evaluations = tuple(dataclasses.replace(one, task="Ant-v5") for one in record.evaluations)
    result = dataclasses.replace(record.result, task="Ant-v5")
    return dataclasses.replace(record, evaluations=evaluations, result=result)


def test_the_opening_compares_the_highest_common_target(write_run: WriteRun) -> None:
    records = [read_record(write_run("one")), read_record(write_run("two"))]

    comparison = compare(records)

    assert comparison.opening.replace("\N{NO-BREAK SPACE}", " ") == (
        "Asked for 200, one reached 190 ± 127 and two 190 ± 127."
    )
    assert "over 2 episodes of Hopper-v5" in comparison.basis
    assert len(comparison.pictures) == 1


def test_many_runs_are_summed_up(write_run: WriteRun) -> None:
    records = [read_record(write_run(name)) for name in "abcd"]

    assert compare(records).opening == "Asked for 200, the 4 runs reached 190 to 190."


def test_two_tasks_share_no_picture_and_no_sentence(write_run: WriteRun) -> None:
    record = read_record(write_run())

    comparison = compare([record, on_another_task(record)])

    assert [picture.words.title for picture in comparison.pictures] == [
        "Target against return, Ant-v5",
        "Target against return, Hopper-v5",
    ]
    assert comparison.opening.startswith("The runs were not all asked for the same return")


def test_data_are_drawn_only_where_the_runs_share_them(write_run: WriteRun) -> None:
    record = read_record(write_run())
    data = dataclasses.replace(record.result.data, returns=(1.0,))
    elsewhere = dataclasses.replace(record, result=dataclasses.replace(record.result, data=data))

    [shared] = compare([record, record]).pictures
    [apart] = compare([record, elsewhere]).pictures

    assert ">data</text>" in shared.wide
    assert ">data</text>" not in apart.wide


def test_a_run_without_evaluations_stays_in_the_table(write_run: WriteRun) -> None:
    record = read_record(write_run())

    comparison = compare([record, dataclasses.replace(record, evaluations=())])

    assert comparison.table.rows[1][-2] == "not evaluated"
    assert len(comparison.pictures) == 1
