"""A section shows what its run has."""

import base64
import dataclasses
from pathlib import Path

import pytest

from decision_mamba.report.record import read_record
from decision_mamba.report.section import Section, drawn_scores, section_of
from tests.report.conftest import WriteRun, played


@pytest.fixture(scope="module")
def section(whole: Path) -> Section:
    return section_of(read_record(whole))


def test_a_whole_run_has_every_part(section: Section) -> None:
    assert section.first is not None
    assert [picture.words.title for picture in section.pictures] == [
        "Distribution of returns",
        "Return over training",
        "Loss",
    ]
    assert section.played_as == "Hopper-v5 in recurrent mode, after update 20"
    assert section.readings is not None
    assert section.settings is not None
    assert section.notes == ()


def test_a_target_has_one_colour_in_all_pictures(section: Section) -> None:
    assert section.first is not None
    distribution, over_training, _ = section.pictures
    assert [key.colour.name for key in over_training.words.keys] == ["blue", "vermilion"]
    for svg in (section.first.wide, distribution.wide, over_training.wide):
        assert "var(--blue)" in svg
        assert "var(--vermilion)" in svg
        assert "var(--green)" not in svg


def test_a_video_travels_inside_the_page(section: Section) -> None:
    assert section.video == base64.b64encode(b"a film").decode()


def test_a_run_without_evaluations_has_its_loss(write_run: WriteRun) -> None:
    folder = write_run()
    (folder / "evaluations.jsonl").unlink()

    section = section_of(read_record(folder))

    assert section.first is None
    assert section.played is None
    assert [picture.words.title for picture in section.pictures] == ["Loss"]


def test_the_pictures_keep_to_one_task_and_the_run_s_own(write_run: WriteRun) -> None:
    record = read_record(write_run())
    elsewhere = played(20, 200.0, 1.0, task="Another-v5")

    both = dataclasses.replace(record, metrics=(), evaluations=(*elsewhere, *record.evaluations))

    assert {score.task for score in drawn_scores(both)} == {"Hopper-v5"}
    assert "The pictures show one task" in section_of(both).notes[0]


@pytest.mark.parametrize(
    ("settings", "score"),
    [("", "2.0"), ('[evaluation]\nreferences = "rounded"\n', "2.8")],
)
def test_equal_returns_are_normalised_by_the_references_of_the_run(
    write_run: WriteRun, settings: str, score: str
) -> None:
    folder = write_run(task="ALE/Pong-v5", readings=())
    (folder / "settings.toml").write_text(settings)
    always = tuple(played(20, 20.0, -20.0, -20.0, task="ALE/Pong-v5"))

    table = section_of(dataclasses.replace(read_record(folder), evaluations=always)).played

    assert table is not None
    assert table.rows[0][2].startswith(score)


def test_without_settings_no_scale_is_guessed(write_run: WriteRun) -> None:
    folder = write_run()
    (folder / "settings.toml").unlink()

    table = section_of(read_record(folder)).played

    assert table is not None
    assert {row[2] for row in table.rows} == {"–"}
