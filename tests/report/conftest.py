"""A small run folder, as training leaves it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from decision_mamba.result import DataSummary, Played, Reading, Result

WriteRun = Callable[..., Path]

READINGS = (
    Reading("last", "last evaluation", 20, 200.0, 2, 190.0, 19.6, 95.0, 9.8),
    Reading("best-target", "best target of the last evaluation", 20, 100.0, 2, 101.0, 1.96),
)
RESULT: dict[str, Any] = {
    "preset": "demo",
    "task": "Hopper-v5",
    "status": "finished",
    "seed": 7,
    "device": "cpu",
    "update": 20,
    "updates": 20,
    "parameters": 1234,
    "seconds": 10.0,
    "data": DataSummary(("demo",), 3, 90, (50.0, 100.0, 210.0)),
    "readings": READINGS,
    "versions": ("torch 2.13.0", "numpy 2.4.0"),
}
SETTINGS = """\
kind = "Experiment"
seed = 7

[model]
kind = "Decision"
width = 64

[model.mixer]
kind = "Selective"
state = 16

[evaluation]
kind = "Evaluation"
targets = [200.0, 100.0]
"""


def played(
    update: int, target: float | None, *returns: float, task: str = "Hopper-v5"
) -> list[Played]:
    """One evaluation of one target."""
    return [
        Played(update, task, "recurrent", target, 7, episode, reached, 10 + episode)
        for episode, reached in enumerate(returns)
    ]


EVALUATIONS = (
    *played(10, 200.0, 90.0, 110.0),
    *played(10, 100.0, 80.0, 80.0),
    *played(20, 200.0, 180.0, 200.0),
    *played(20, 100.0, 100.0, 102.0),
)


@pytest.fixture
def write_run(tmp_path: Path) -> WriteRun:
    """Writes a run folder of that name; `changes` are fields of its result."""

    def write(name: str = "run", **changes: Any) -> Path:
        return write_folder(tmp_path / name, **changes)

    return write


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder that lacks nothing; for reading only, as several tests share it."""
    folder = write_folder(tmp_path_factory.mktemp("runs") / "whole")
    (folder / "video.mp4").write_bytes(b"a film")
    return folder


def write_folder(folder: Path, **changes: Any) -> Path:
    """Writes a run folder with a sentence in place of a video."""
    folder.mkdir()
    (folder / "result.json").write_text(Result(**RESULT | changes).to_json())
    (folder / "settings.toml").write_text(SETTINGS)
    (folder / "metrics.jsonl").write_text("".join(_metric(update) for update in range(1, 21)))
    rows = (json.dumps(one.to_row()) + "\n" for one in EVALUATIONS)
    (folder / "evaluations.jsonl").write_text("".join(rows))
    (folder / "video.txt").write_text("No video: nothing here can render.\n")
    return folder


def _metric(update: int) -> str:
    row = {"update": update, "loss": 1.0 / update, "learning_rate": 0.001}
    return json.dumps(row) + "\n"
