"""A report is one file that needs no other."""

import html
import importlib
import re
import sys
from pathlib import Path

import pytest

from decision_mamba.errors import BadInput, MissingExtra
from decision_mamba.report.page import write_report
from tests.report.conftest import READINGS, WriteRun


@pytest.fixture(scope="module")
def page(whole: Path) -> str:
    return report_of(whole)


def report_of(*runs: Path) -> str:
    out = runs[0] / "report.html"
    write_report(runs, out)
    return out.read_text(encoding="utf-8")


def without_pictures(folder: Path) -> Path:
    (folder / "metrics.jsonl").unlink()
    (folder / "evaluations.jsonl").unlink()
    return folder


def test_the_page_loads_nothing_from_outside(page: str) -> None:
    addresses = re.findall(r"""\b(?:src|href)\s*=\s*["']([^"']*)""", page)

    assert any(address.startswith("data:video/mp4;base64,") for address in addresses)
    assert [one for one in addresses if not one.startswith(("#", "data:"))] == []
    assert re.findall(r"url\((?!#)", page) == []
    assert "@import" not in page
    assert "http" not in page


def test_every_reading_is_told_with_its_label(page: str) -> None:
    for reading in READINGS:
        assert reading.label in page


def test_an_id_stands_once(page: str) -> None:
    ids = re.findall(r' id="([^"]*)"', page)

    assert len(ids) == len(set(ids)) > 0


def test_names_are_escaped(write_run: WriteRun) -> None:
    folder = without_pictures(write_run(preset="<script>alert(1)</script>", task="<b>"))

    page = report_of(folder)

    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_two_runs_are_compared_whatever_their_names(write_run: WriteRun) -> None:
    drawn, bare = write_run("<i>", preset="<script>"), write_run("$b$ 模", seed=8)
    (drawn / "metrics.jsonl").unlink()

    page = report_of(drawn, without_pictures(bare))

    text = html.unescape(page)
    assert "<title>2 runs compared · decision-mamba</title>" in text
    assert text.index("What each reached") < text.index("<h2><i>: <script>, seed 7</h2>")
    assert "<h2>$b$ 模: demo, seed 8</h2>" in text
    assert "<script" not in page
    assert "<i>" not in page


def test_a_stopped_run_says_what_is_missing(write_run: WriteRun) -> None:
    folder = without_pictures(write_run(status="stopped", update=5, readings=()))

    page = report_of(folder)

    assert "There is no score yet: the run was stopped at update 5 of 20" in page
    assert "No evaluation was finished" in page
    assert "Readings of the run" not in page


def test_the_absence_of_a_video_is_told(write_run: WriteRun) -> None:
    page = report_of(without_pictures(write_run()))

    assert "No video: nothing here can render." in page
    assert "<video" not in page


def test_another_folder_is_refused_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a run folder: it has no result"):
        write_report([tmp_path], tmp_path / "report.html")

    assert list(tmp_path.iterdir()) == []


def test_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="needs at least one run folder"):
        write_report([], tmp_path / "report.html")


def test_a_report_cannot_lie_below_a_file(write_run: WriteRun, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BadInput, match=r"html cannot be written: Not a directory; choose another"):
        write_report([write_run()], tmp_path / "file" / "report.html")


def test_a_directory_is_no_place_for_a_report(write_run: WriteRun, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a directory; give the report a file name"):
        write_report([write_run()], tmp_path)


@pytest.mark.parametrize(
    ("package", "module"),
    [("matplotlib", "decision_mamba.report.figures"), ("jinja2", "decision_mamba.report.page")],
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, package: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, module)

    with pytest.raises(MissingExtra, match=rf"Reports need {package}: pip install"):
        importlib.import_module(module)
