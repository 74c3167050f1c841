"""Cuts the scan's case down to a few lengths: python -m tests.parity.cut SOURCE.json TARGET.json.

The copies in `golden/` are whole files, but for 01_selective_scan, which is cut by this.
"""

import json
import re
import sys
from pathlib import Path

from safetensors.torch import save_file

from tests.parity.case import Case

LENGTHS = (1, 2, 65)


def cut(source: Path, target: Path) -> None:
    """Writes the case again without the tensors of other lengths."""
    case = Case.read(source)
    kept = {name: tensor for name, tensor in case.tensors.items() if _is_kept(name)}
    stated = {name: about for name, about in case.card["tensors"].items() if name in kept}
    config = case.card["config"] | {"lengths": LENGTHS}
    card = case.card | {"config": config, "tensors": stated}
    target.write_text(json.dumps(card, indent=1) + "\n")
    save_file(kept, target.with_suffix(".safetensors"))


def _is_kept(name: str) -> bool:
    length = re.search(r"\.L(\d+)\.", name)
    return length is None or int(length[1]) in LENGTHS


if __name__ == "__main__":
    cut(*(Path(argument) for argument in sys.argv[1:]))
