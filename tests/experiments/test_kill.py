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
        "--training.log-every", "1", "--training.batch-size", "4",
        "--model.width", "8", "--model.blocks", "1",
        "--evaluation.every", "100", "--evaluation.episodes", "2", "--evaluation.no-film",
    ]  # fmt: skip


def start(out: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_after(out: Path, progress: int, seconds: float) -> bool:
    """Starts or resumes the run, waits for so many updates and seconds, and kills it."""
    goal = len(updates(out)) + progress
    process = start(out)
    while process.poll() is None and len(updates(out)) < goal:
        time.sleep(0.001)
    time.sleep(seconds)
    was_alive = process.poll() is None
    process.kill()
    process.wait()
    return was_alive


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_runs_end_as_one_that_never_stopped(tmp_path: Path, kills: int) -> None:
    chance = random.Random(kills)
    assert subprocess.run(command(tmp_path / "through"), check=False).returncode == 0

    hits = [
        kill_after(tmp_path / "killed", chance.randrange(UPDATES // kills), chance.random() / 20)
        for _ in range(kills)
    ]
    assert subprocess.run(command(tmp_path / "killed"), check=False).returncode == 0

    assert all(hits)
    for name in ("policy.safetensors", "settings.toml"):
        assert (tmp_path / "killed" / name).read_bytes() == (
            tmp_path / "through" / name
        ).read_bytes()
    assert updates(tmp_path / "killed") == updates(tmp_path / "through")
    assert returns(tmp_path / "killed") == returns(tmp_path / "through")


def updates(out: Path) -> list[str]:
    """The metrics without the times, which are no run's own."""
    path = out / "metrics.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split(', "seconds"')[0] for line in lines]


def returns(out: Path) -> list[str]:
    return (out / "evaluations.jsonl").read_text().splitlines()
