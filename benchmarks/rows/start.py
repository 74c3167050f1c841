"""What somebody waits for who has just pressed enter."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import standard
from benchmarks.effort import Effort
from benchmarks.row import Measured, Row, at_most
from benchmarks.subprocesses import environment
from benchmarks.timing import milliseconds

_HELPS, _WARM = 9, 3
_SHOWN = 5


def measure(_: Effort) -> Iterator[Row]:
    """Starts the program as a user does, again and again."""
    command = [_program(), "--help"]

    def run() -> None:
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    run()
    helps = tuple(milliseconds(run) / 1000 for _ in range(_HELPS))
    row = Row("start", "decision-mamba --help", Measured(helps, "s"), at_most(0.3))
    yield row.explained_by(_imports("decision_mamba.cli.main"))
    with tempfile.TemporaryDirectory() as folder:
        cold = _first_update(Path(folder), "cold")
        warm = tuple(_first_update(Path(folder), f"warm{i}") for i in range(_WARM))
    note = "from the start of `decision-mamba train` until its first line of metrics"
    compiling = f"{1000 * (cold - statistics.median(warm)):6.0f} ms  compiling, empty less filled"
    imports = _imports("decision_mamba.cli.train")
    for name, seconds, limit, profile in (
        ("empty", (cold,), 10, (compiling, *imports)),
        ("filled", warm, 4, imports),
    ):
        yield Row(
            "start",
            f"first update after start, Numba's cache {name}",
            Measured(seconds, "s"),
            at_most(limit),
            note=note,
        ).explained_by(profile)


def _program() -> str:
    return str(Path(sys.executable).parent / "decision-mamba")


def _first_update(folder: Path, name: str) -> float:
    """Seconds until a run has logged its first update; its cache is in the folder."""
    metrics = folder / name / "metrics.jsonl"
    command = [_program(), "train", standard.DMAMBA, "--data", "demo", "--out", str(folder / name)]
    settings = ["--training.updates", "1", "--evaluation.every", "0"]
    variables = environment(NUMBA_CACHE_DIR=str(folder / "numba"))
    began = time.perf_counter()
    with subprocess.Popen(
        [*command, *settings], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=variables
    ) as process:
        while not (metrics.exists() and metrics.stat().st_size) and process.poll() is None:
            time.sleep(0.005)
        seconds = time.perf_counter() - began
        _, said = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {said.decode()}")
    return seconds


def _imports(module: str) -> tuple[str, ...]:
    """The packages whose imports took longest, all that they import included."""
    said = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import {module}"],
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    ).stderr
    lines = [line.removeprefix("import time:").split("|") for line in said.splitlines()[1:]]
    spent = sorted(((int(line[1]), line[2].strip()) for line in lines), reverse=True)
    return tuple(f"{us / 1000:6.0f} ms  import {name}" for us, name in spent[:_SHOWN])
