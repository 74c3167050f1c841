"""Measures every promise of speed and prints what came of it.

python -m benchmarks [--only GROUP,GROUP] [--threads N] [--json FILE] [--rounds N] ...
"""

import argparse
import dataclasses
import importlib
import os
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

# As `decision-mamba` sets it, before torch is loaded: see cli/main.py.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

import torch

from benchmarks import record
from benchmarks.effort import Effort
from benchmarks.row import Row
from benchmarks.rows import GROUPS
from benchmarks.table import rendered

_RESULTS = Path(__file__).parent / "results" / "cpu.json"


def main() -> int:
    """1 if a number is wrong or could not be measured; a miss is a finding, not an error."""
    asked, effort = _asked()
    torch.set_num_threads(asked.threads)
    os.environ["OMP_NUM_THREADS"] = str(asked.threads)  # of the processes that rows start
    torch.manual_seed(0)
    began = time.perf_counter()
    rows: list[Row] = []
    broken = []
    for group in asked.only:
        try:
            rows.extend(_measured(group, effort))
        except Exception:
            traceback.print_exc()
            broken.append(group)
    _say(f"{time.perf_counter() - began:.0f} s in all\n")
    print(rendered(rows))
    if asked.json is not None:
        record.write(rows, asked.json)
    wrong = [row.what for row in rows if row.guards and not row.passes]
    for name in (*broken, *wrong):
        _say(f"failed: {name}")
    return 1 if broken or wrong else 0


def _asked() -> tuple[argparse.Namespace, Effort]:
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(
        "benchmarks", description=__doc__.splitlines()[0], formatter_class=formatter
    )
    parser.add_argument("--only", type=_groups, default=GROUPS, help="a part, by commas")
    parser.add_argument("--threads", type=int, default=2, help="2 is what the targets are for")
    parser.add_argument("--json", type=Path, help="results; by default of whole runs only")
    for field in dataclasses.fields(Effort):
        name = f"--{field.name.replace('_', '-')}"
        meaning = field.metadata["help"]
        parser.add_argument(name, type=int, default=field.default, help=meaning)
    asked = parser.parse_args()
    for name, least in (("threads", 1), ("rounds", 1), ("loss_seeds", 2), ("decisions", 2_000)):
        if getattr(asked, name) < least:
            parser.error(f"--{name.replace('_', '-')} is less than {least:,}")
    if asked.json is None and asked.only == GROUPS:
        asked.json = _RESULTS
    names = [field.name for field in dataclasses.fields(Effort)]
    return asked, Effort(**{name: getattr(asked, name) for name in names})


def _groups(text: str) -> tuple[str, ...]:
    asked = text.split(",")
    if unknown := set(asked) - set(GROUPS):
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}; known are {', '.join(GROUPS)}")
    return tuple(group for group in GROUPS if group in asked)


def _measured(group: str, effort: Effort) -> Iterator[Row]:
    _say(f"{group} ...")
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers' own
        for row in importlib.import_module(f"benchmarks.rows.{group}").measure(effort):
            _say(rendered([row]).splitlines()[2])
            yield row
    _say(f"{group}: {time.perf_counter() - began:.0f} s\n")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
