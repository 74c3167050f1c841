"""Offline reinforcement learning with sequence models.

The names below are imported when they are first used, so that a command that needs no network
does not wait for torch.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decision_mamba.data.sources import open_source, record
    from decision_mamba.episode import Episode
    from decision_mamba.experiments.presets import presets
    from decision_mamba.experiments.run import run
    from decision_mamba.models.policy_file import load_policy

__version__ = "0.1.0"
__all__ = ["Episode", "load_policy", "open_source", "presets", "record", "run"]

_HOMES = {
    "Episode": "decision_mamba.episode",
    "load_policy": "decision_mamba.models.policy_file",
    "open_source": "decision_mamba.data.sources",
    "presets": "decision_mamba.experiments.presets",
    "record": "decision_mamba.data.sources",
    "run": "decision_mamba.experiments.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'decision_mamba' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
