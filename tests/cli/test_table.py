"""`decision-mamba table` carries out what is missing, once, and writes the scores."""

import dataclasses
from pathlib import Path

import pytest

from decision_mamba.cli import main
from decision_mamba.cli import table as command
from decision_mamba.data.sources import record
from decision_mamba.data.windows import Windowing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers.table import Row, Table
from decision_mamba.experiments.run_folder import RunFolder
from decision_mamba.mixers import Selective
from decision_mamba.models.policy import Model
from decision_mamba.training.optimiser import Training
from tests.conftest import small_store


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Table:
    """A table of one row and two seeds, in the place of those there are."""
    path = tmp_path / "data" / "own_data.hdf5"
    path.parent.mkdir()
    store = small_store()
    record(path, (store.episode(i) for i in range(store.episodes)), task=None)
    experiment = Experiment(
        preset="own/small",
        data=("own-data",),
        model=Model(mixer=Selective(state=2), width=8, blocks=1, timesteps=0),
        windows=Windowing(length=5),
        training=Training(updates=2, batch_size=2),
        evaluation=Evaluation(every=0),
    )
    (tmp_path / "torn.hdf5").write_bytes(b"torn")
    torn = dataclasses.replace(experiment, data=(str(tmp_path / "torn.hdf5"),))
    missing = dataclasses.replace(experiment, data=("not-there",))
    rows = (Row("good", (experiment,)), Row("bad", (torn,)), Row("missing", (missing,)))
    table = Table("own/table", "A table", (), ("data",), rows, (0, 1))
    monkeypatch.setattr(command, "table", lambda _name: table)
    # Set first, so that what --data sets is forgotten after the test.
    monkeypatch.setenv("DECISION_MAMBA_DATA", "")
    monkeypatch.delenv("DECISION_MAMBA_DATA")
    return table


def test_finished_runs_are_not_made_again(
    small: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["table", small.name, "--rows", "good", "--seeds", "1", "--workers", "1"]
    words += ["--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    page = tmp_path / "docs" / "page.md"

    assert main.main([*words, "--page", str(page)]) == 0
    written = (tmp_path / "out" / "good-data-0" / "metrics.jsonl").stat().st_mtime_ns
    assert "good, data, seed 0: finished" in capsys.readouterr().err
    assert main.main(words) == 0

    again = capsys.readouterr()
    assert "1 of 1 runs are finished" in again.err
    assert (tmp_path / "out" / "good-data-0" / "metrics.jsonl").stat().st_mtime_ns == written
    # Nothing was played, so there is a page without scores.
    assert page.read_text() == (tmp_path / "out" / "table.md").read_text() == again.out
    assert "    decision-mamba table own/table --seeds 1 --data FOLDER\n" in again.out


def test_whoever_stops_it_is_told_how_to_go_on(
    small: Table,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "carry_out", stopped)
    words = ["--rows", "good", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]

    assert main.main(["table", small.name, *words]) == 1
    assert "decision-mamba: stopped; the same command goes on\n" in capsys.readouterr().err


def test_a_run_that_fails_is_named_at_the_end(
    small: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["table", small.name, "--rows", "bad", "--seeds", "1", "--workers", "1"]

    assert main.main([*words, "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "1 of 1 runs failed: bad, data, seed 0: " in said
    assert "torn.hdf5" in said


def test_a_row_that_is_only_shown_must_be_of_this_table(
    small: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = RunFolder(tmp_path / "out" / "bad-data-1")
    other.begin(small.rows[0].experiments[0], resume=False)
    other.result.write_text("{}")

    words = ["--rows", "good", "--workers", "1", "--out", str(tmp_path / "out")]

    assert main.main(["table", small.name, *words, "--data", str(tmp_path / "data")]) == 2
    assert "holds a run of other settings than bad, data, seed 1 has" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seeds", "3"], "seeds is 3; own/table has 2, so ask for 1 to 2"),
        (["--updates", "-1"], "training.updates is -1; expected at least 0"),
        (["--workers", "0"], "workers is 0; expected at least 1"),
        (["--rows", "nonsense"], "no row begins with 'nonsense'; there are good; bad; missing"),
        (["--device", "moon", "--workers", "2"], "the device is 'moon'; expected auto, cpu or"),
        (["--rows", "missing"], "no data for not-there (none is named): give --data FILE or set"),
        (["--data", "nowhere"], "nowhere is no folder"),
        (["--on", "moon"], "--on"),
    ],
)
def test_bad_words_are_refused_in_a_sentence(
    words: list[str], said: str, small: Table, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["table", small.name, "--out", str(tmp_path / "out"), *words]) == 2
    assert said in capsys.readouterr().err


def test_an_unknown_table_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["table", "dmamba/table99"]) == 2
    assert "there is no table 'dmamba/table99'" in capsys.readouterr().err


def test_without_a_name_the_tables_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["table"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("family/hopper ")
    assert "\nin-context/darkroom-hard  Learning in context on darkroom-hard" in said
