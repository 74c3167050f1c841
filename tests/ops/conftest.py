"""Memory that shows who reads what nobody wrote."""

from collections.abc import Callable
from typing import Any

import pytest
import torch


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fills all memory that torch hands out unwritten with NaN."""
    for owner, name in ((torch, "empty"), (torch, "empty_like"), (torch.Tensor, "new_empty")):
        monkeypatch.setattr(owner, name, then_fill(getattr(owner, name)))


def then_fill(allocate: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its memory filled with NaN."""

    def allocate_poison(*sizes: Any, **options: Any) -> Any:
        memory = allocate(*sizes, **options)
        memory[...] = float("nan")
        return memory

    return allocate_poison
