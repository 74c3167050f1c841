"""What a run of the benchmark leaves: the rows, and the machine and versions they hold for."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from benchmarks.row import Row
from decision_mamba.experiments.machine import versions
from decision_mamba.files import write_atomically

_PEERS = ("mambapy", "transformers", "mamba-ssm")


def write(rows: Sequence[Row], path: Path) -> None:
    """Writes the rows into a JSON file; one that stood there is replaced whole."""
    content = {
        "machine": machine(),
        "versions": [*versions(), *(f"{name} {_version(name)}" for name in _PEERS)],
        "commit": _commit(),
        "rows": [row.as_json() for row in rows],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    write_atomically(path, (text + "\n").encode())


def machine() -> dict[str, Any]:
    """What kind of machine this is; not which one."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_gib": round(memory / 2**30, 1),
        "card": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def _processor() -> str:
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


def _commit() -> str | None:
    """The commit, with "-dirty" where files differ from it; None outside a checkout."""
    here = Path(__file__).parent
    try:
        said = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
        )
        # What the run before left among the results is no difference of the code.
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no", "..", ":!results"],
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return said.stdout.strip() + ("-dirty" if changed.stdout.strip() else "")
