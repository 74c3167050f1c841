"""Memory that shows who reads what nobody wrote."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fills all memory that torch and NumPy hand out unwritten with NaN."""
    for owner, name in ((torch, "empty"), (torch, "empty_like"), (torch.Tensor, "new_empty")):
        monkeypatch.setattr(owner, name, _then_fill(getattr(owner, name)))
    monkeypatch.setattr(np, "empty", _then_fill(np.empty))


def _then_fill(allocate: Callable[..., Any]) -> Callable[..., Any]:
    def allocate_poison(*sizes: Any, **options: Any) -> Any:
        memory = allocate(*sizes, **options)
        memory[...] = float("nan")
        return memory

    return allocate_poison
