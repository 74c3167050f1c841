"""Checks what runs on an NVIDIA card, then measures it and prints the table.

python -m benchmarks.gpu [--json FILE]

Ends with 1 if a check fails or a number could not be measured, with 2 without a card. Meant to
take less than ten minutes; how long it takes on a card was not seen yet.
"""

import argparse
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from benchmarks import record
from benchmarks.on_card import atari, contexts, evaluation, scan, training
from benchmarks.row import Measured, Row, at_most
from benchmarks.table import rendered

_ROOT = Path(__file__).parent.parent
_GROUPS: tuple[Callable[[], Iterator[Row]], ...] = (
    scan.measure, training.measure, evaluation.measure, atari.measure,
    contexts.measure,
)  # fmt: skip


def main() -> int:
    """Checks first, measures second."""
    parser = argparse.ArgumentParser("benchmarks.gpu", description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, default=_ROOT / "benchmarks" / "results" / "gpu.json")
    asked = parser.parse_args()
    if not torch.cuda.is_available():
        print(
            "make bench-gpu needs an NVIDIA card, its driver and a torch with CUDA; torch "
            f"{torch.__version__} found none, so run it on a machine that has them",
            file=sys.stderr,
        )
        return 2
    began = time.perf_counter()
    checked = _checks()
    rows, broken = [checked], not checked.passes
    for measure in _GROUPS if checked.passes else ():
        try:
            rows.extend(_told(measure))
        except Exception:
            traceback.print_exc()
            broken = True
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}, CUDA {torch.version.cuda}")
    print(rendered(rows))
    print(f"{time.perf_counter() - began:.0f} s in all", file=sys.stderr)
    record.write(rows, asked.json)
    return 1 if broken else 0


def _checks() -> Row:
    """tests/gpu: kernels against the reference, captured training against eager training."""
    print("checking ...", file=sys.stderr, flush=True)
    # torch and Triton warn of this and that on a card; only what is wrong counts here.
    command = [sys.executable, "-m", "pytest", "-q", "-m", "gpu", "-W", "default", "tests/gpu"]
    failed = subprocess.run(command, cwd=_ROOT).returncode
    return Row(
        "checks",
        "tests/gpu: kernels and captured training against their references",
        Measured((float(failed),), "exit code"),
        at_most(0),
        guards=True,
    )


def _told(measure: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in measure():
            print(rendered([row]).splitlines()[2], file=sys.stderr, flush=True)
            yield row


if __name__ == "__main__":
    sys.exit(main())
