"""`decision-mamba report` takes run folders and says where it wrote."""

import subprocess
import sys
from pathlib import Path

import pytest

from decision_mamba.cli.report import run
from decision_mamba.errors import BadInput
from decision_mamba.result import DataSummary, Result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = DataSummary(("demo",), 1, 10, (5.0,))
    result = Result("demo", "Hopper-v5", "stopped", 0, "cpu", 3, 9, 99, 1.0, data, (), ())
    path = tmp_path / "a-run"
    path.mkdir()
    (path / "result.json").write_text(result.to_json())
    return path


def test_the_report_of_one_run_lies_in_its_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run([str(folder)])

    assert (folder / "report.html").read_text().startswith("<!doctype html>")
    assert capsys.readouterr().out == f"report written to {folder}/report.html\n"


def test_the_report_goes_where_it_is_asked_to(folder: Path) -> None:
    out = folder.parent / "reports" / "both.html"

    run([str(folder), str(folder), "--out", str(out)])

    assert "2 runs compared" in out.read_text()


def test_a_report_of_two_runs_needs_a_name(folder: Path) -> None:
    with pytest.raises(BadInput, match="2 runs needs a file to go to"):
        run([str(folder), str(folder)])


def test_no_run_is_refused() -> None:
    with pytest.raises(BadInput, match="needs at least one run folder"):
        run([])


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a run folder"):
        run([str(tmp_path)])


def test_help_waits_for_no_drawing() -> None:
    script = "import sys, decision_mamba.cli.report; assert 'matplotlib' not in sys.modules"

    subprocess.run([sys.executable, "-c", script], check=True)
