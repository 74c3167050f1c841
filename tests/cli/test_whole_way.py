"""The demonstration's whole way, cut down to seconds: data, training, playing, report."""

from pathlib import Path

from decision_mamba.cli.main import main


def test_from_recorded_episodes_to_a_report(tmp_path: Path) -> None:
    run, page = tmp_path / "run", tmp_path / "report.html"

    assert main(["data", "check", "demo"]) == 0
    assert main(["data", "show", "demo"]) == 0
    train = [
        "train", "demo", "--out", str(run), "--training.updates", "4", "--evaluation.every", "2",
        "--evaluation.episodes", "2", "--training.batch-size", "8", "--evaluation.no-film",
    ]  # fmt: skip
    assert main(train) == 0
    assert main(["evaluate", str(run), "--episodes", "1", "--mode", "recurrent"]) == 0
    assert main(["report", str(run), "--out", str(page)]) == 0

    text = page.read_text()
    assert "Hopper-v4" in text
    assert "last update, target 3,600" in text
    assert text.count("<svg") >= 3
