"""A run killed at any moment and resumed ends with the bytes of one that never stopped.

`pytest -m slow tests/experiments/test_kill.py` kills twenty times.
"""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

UPDATES = 400


def command(out: Path) -> list[str]:
    return [
        sys.executable, "-m", "decision_mamba.cli.main", "train", "demo", "--out", str(out),
        "--resume", "--training.updates", str(UPDATES), "--training.checkpoint-every", "1",
        "--training.batch-size", "4", "--model.width", "8", "--model.blocks", "1",
        "--evaluation.every", "100", "--evaluation.episodes", "2", "--evaluation.no-film",
    ]  # fmt: skip


def start(out: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def seconds_through(out: Path) -> tuple[float, float]:
    """How long a whole run takes, and when it begins to train."""
    began = time.monotonic()
    process = start(out)
    while not (out / "checkpoint").exists():
        assert process.poll() is None
        time.sleep(0.01)
    trains = time.monotonic() - began
    assert process.wait(timeout=300) == 0
    return time.monotonic() - began, trains


def kill_and_resume(out: Path, kills: int, seconds: tuple[float, float]) -> int:
    whole, trains = seconds
    chance = random.Random(0)
    hits = 0
    for _ in range(kills):
        process = start(out)
        try:
            process.wait(timeout=chance.uniform(0.8 * trains, trains + (whole - trains) / 4))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            hits += 1
    assert subprocess.run(command(out), check=False, capture_output=True).returncode == 0
    return hits


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_runs_end_as_one_that_never_stopped(tmp_path: Path, kills: int) -> None:
    seconds = seconds_through(tmp_path / "through")

    hits = kill_and_resume(tmp_path / "killed", kills, seconds)

    assert hits >= kills / 2
    for name in ("policy.safetensors", "settings.toml"):
        assert (tmp_path / "killed" / name).read_bytes() == (
            tmp_path / "through" / name
        ).read_bytes()
    assert updates(tmp_path / "killed") == updates(tmp_path / "through")
    assert returns(tmp_path / "killed") == returns(tmp_path / "through")


def updates(out: Path) -> list[str]:
    """The metrics without the times, which are no run's own."""
    lines = (out / "metrics.jsonl").read_text().splitlines()
    return [line.split(', "seconds"')[0] for line in lines]


def returns(out: Path) -> list[str]:
    return (out / "evaluations.jsonl").read_text().splitlines()
