"""Stopping and going on as if nothing had happened."""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from decision_mamba.errors import BadInput, Failure
from decision_mamba.files import write_atomically
from decision_mamba.training.learner import Learner
from decision_mamba.training.optimiser import AdamW

_FILE = "learner.safetensors"


def save_checkpoint(learner: Learner, folder: Path) -> None:
    """Writes weights, optimiser and position; a checkpoint that stood there is replaced whole.

    Random generators need no place in it: their draws follow from the seed and the position
    (`seeding.Seeds`).

    Raises:
        Failure: a weight is not finite; the checkpoint before, which is good, stays.
    """
    _refuse_what_is_not_finite(learner)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"policy.{name}": part for name, part in learner.policy.state_dict().items()}
    tensors |= _of_optimiser(learner)
    tensors = {name: part.detach().cpu().contiguous() for name, part in tensors.items()}
    position = {"update": learner.update, "seconds": learner.seconds}
    content = save(tensors, metadata={"position": json.dumps(position)})
    write_atomically(folder / _FILE, content)


def has_checkpoint(folder: Path) -> bool:
    """Whether `load_checkpoint` will find one."""
    return (folder / _FILE).exists()


def load_checkpoint(learner: Learner, folder: Path) -> bool:
    """Puts a learner where `save_checkpoint` left one of the same settings.

    Returns:
        Whether there was a checkpoint; without one the learner is left as it is.

    Raises:
        BadInput: what is there is not a checkpoint, or one of another policy.
    """
    path = folder / _FILE
    if not has_checkpoint(folder):
        return False
    position, tensors = _open(path)
    weights = _below("policy.", tensors)
    try:
        learner.policy.load_state_dict(weights)
        _into_optimiser(learner, tensors)
    except (RuntimeError, KeyError) as problem:
        raise BadInput(
            f"{path} is the checkpoint of another policy; resume with the settings it was "
            "trained with, or choose another --out"
        ) from problem
    learner.update = position["update"]
    learner.seconds = position["seconds"]
    return True


def _open(path: Path) -> tuple[dict[str, int], dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            position = json.loads((file.metadata() or {})["position"])
            return position, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError, ValueError) as problem:
        raise BadInput(
            f"{path} is not a whole checkpoint ({problem}); remove it to start from the beginning"
        ) from problem


def _refuse_what_is_not_finite(learner: Learner) -> None:
    for name, weight in learner.policy.named_parameters():
        if not bool(weight.isfinite().all()):
            raise Failure(
                f"after update {learner.update} {name} is not finite, so no checkpoint was "
                "written over the last good one; lower --training.learning-rate (it is "
                f"{learner.settings.learning_rate})"
            )


def _of_optimiser(learner: Learner) -> dict[str, Tensor]:
    return {
        f"optimiser.{name}.{slot}": torch.as_tensor(value)
        for name, weight in learner.policy.named_parameters()
        for slot, value in learner.optimiser.state.get(weight, {}).items()
    }


def _into_optimiser(learner: Learner, tensors: dict[str, Tensor]) -> None:
    for name, weight in learner.policy.named_parameters():
        saved = _below(f"optimiser.{name}.", tensors)
        if saved:
            learner.optimiser.state[weight] = {
                slot: saved[slot].to(weight.device) for slot in AdamW.SLOTS
            }


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
