"""Makes a case smaller: python -m tests.parity.cut SOURCE.json TARGET.json.

The copies in `golden/` are whole files, but for 01_selective_scan, of which a few lengths are kept,
and for 06, of which one window and its first two steps are. What those steps are expected to give
does not depend on later ones; the loss, which does, is left out.
"""

import json
import re
import sys
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from tests.parity.case import Case

LENGTHS = (1, 2, 65)
WINDOWS, STEPS = 1, 2


def cut(source: Path, target: Path) -> None:
    """Writes the case again with less in it."""
    case = Case.read(source)
    smaller = _one_window if case.name.startswith("06_") else _few_lengths
    kept = smaller(case.tensors)
    stated = {name: about for name, about in case.card["tensors"].items() if name in kept}
    config = case.card["config"]
    if smaller is _few_lengths:
        config = config | {"lengths": LENGTHS}
    card = case.card | {"config": config, "tensors": stated}
    target.write_text(json.dumps(card, indent=1) + "\n")
    save_file(kept, target.with_suffix(".safetensors"))


def _few_lengths(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if _is_kept(name)}


def _is_kept(name: str) -> bool:
    length = re.search(r"\.L(\d+)\.", name)
    return length is None or int(length[1]) in LENGTHS


def _one_window(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name: tensor if name.startswith("param.") else tensor[:WINDOWS, :STEPS].contiguous()
        for name, tensor in tensors.items()
        if tensor.ndim
    }


if __name__ == "__main__":
    cut(*(Path(argument) for argument in sys.argv[1:]))
