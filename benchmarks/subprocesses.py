"""Fresh processes: for what only the first call of a process shows."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def answer_of(module: str, arguments: Sequence[str]) -> Any:
    """Runs a module of this benchmark and returns the JSON that it prints last."""
    command = [sys.executable, "-m", module, *arguments]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(said.splitlines()[-1])


def environment(**changed: str) -> Mapping[str, str]:
    """This process's environment with some variables set otherwise."""
    return {**os.environ, **changed}
