"""A policy on disk: one safetensors file with all that is needed to act, and nothing executable."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from decision_mamba.errors import BadInput
from decision_mamba.files import write_atomically
from decision_mamba.models import Policy, PolicySettings
from decision_mamba.models.memory import Acting
from decision_mamba.moments import Moments
from decision_mamba.settings import from_dict, to_dict
from decision_mamba.spaces import Spaces, Vector

_FORMAT = "decision-mamba policy 1"


def save_policy(policy: Policy, path: Path) -> None:
    """Writes weights, settings, spaces and moments; a file that stood there is replaced whole.

    Equal policies give equal bytes: there is no date in the file, and its metadata is one entry,
    because safetensors writes several in no fixed order.
    """
    card = {
        "format": _FORMAT,
        "model": to_dict(policy.model),
        "spaces": to_dict(policy.spaces),
        "acting": to_dict(policy.acting),
    }
    weights = {name: part.detach().cpu().contiguous() for name, part in policy.state_dict().items()}
    write_atomically(path, save(weights, metadata={"decision-mamba": json.dumps(card)}))


def policy_path(path: str | Path) -> Path:
    """The file itself, or the one in the folder of a run, whether it is there or not."""
    path = Path(path)
    return path / "policy.safetensors" if path.is_dir() else path


def load_policy(path: str | Path, device: str | torch.device = "cpu") -> Policy:
    """Reads a policy file; opening it runs no code from it.

    Args:
        path: the file, or the folder of a run.
        device: where the policy shall act.

    Raises:
        BadInput: it is missing, cut short, of another program, or holds other weights than its
            own settings ask for.
    """
    path = policy_path(path)
    card, weights = _open(path)
    try:
        policy = _without_weights(card)
    except (KeyError, TypeError, ValueError, RuntimeError) as problem:
        raise BadInput(
            f"{path}: no policy can be made of its settings ({problem}); was it written by "
            "another version of decision-mamba?"
        ) from problem
    _refuse_other_weights(path, policy.state_dict(), weights)
    policy.load_state_dict(weights, assign=True)
    return policy.to(device).eval()


def _without_weights(card: dict[str, Any]) -> Policy:
    model: PolicySettings = from_dict(PolicySettings, card["model"])
    spaces: Spaces = from_dict(Spaces, card["spaces"])
    acting: Acting = from_dict(Acting, card["acting"])
    seen = spaces.observation
    nothing = np.zeros(seen.size if isinstance(seen, Vector) else 0, dtype=np.float32)
    # No memory is filled and no random number drawn for weights that are replaced at once.
    with torch.device("meta"):
        return model.build(spaces, Moments(mean=nothing, std=nothing), acting)


def _open(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    if not path.is_file():
        raise BadInput(f"{path}: no such policy file; train one with 'decision-mamba train'")
    try:
        with safe_open(path, framework="pt") as file:
            card = (file.metadata() or {}).get("decision-mamba")
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as problem:
        raise BadInput(
            f"{path}: not a whole safetensors file ({problem}); expected a policy "
            "written by 'decision-mamba train'"
        ) from problem
    try:
        read = json.loads(card or "")
    except ValueError:
        read = None
    if not isinstance(read, dict) or read.get("format") != _FORMAT:
        raise BadInput(
            f"{path}: not a policy of decision-mamba: its metadata does not say "
            f"{_FORMAT!r}; give the policy.safetensors of a run"
        )
    return read, weights


def _refuse_other_weights(path: Path, wanted: dict[str, Tensor], got: dict[str, Tensor]) -> None:
    if foreign := sorted(got.keys() - wanted.keys()):
        raise BadInput(
            f"{path}: {foreign[0]!r} does not belong to this policy; "
            f"{len(foreign)} of its {len(got)} tensors are foreign"
        )
    if missing := sorted(wanted.keys() - got.keys()):
        raise BadInput(
            f"{path}: {missing[0]!r} is missing; "
            f"{len(missing)} of the policy's {len(wanted)} tensors are not there"
        )
    for name, weight in wanted.items():
        if weight.shape != got[name].shape:
            raise BadInput(
                f"{path}: {name!r} is {tuple(got[name].shape)}; "
                f"its settings ask for {tuple(weight.shape)}"
            )
