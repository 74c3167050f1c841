"""AdamW, its warm-up and its clipping, as the Gym runs of the papers have them."""

import dataclasses
from typing import Literal

import torch
from torch import nn


@dataclasses.dataclass(frozen=True)
class Training:
    """Settings of a training run; the defaults are Decision Transformer's for Gym.

    Attributes:
        updates: of the weights, in all.
        batch_size: windows per update.
        learning_rate: between warm-up and cool-down.
        warmup: updates over which the learning rate rises linearly at the start.
        cooldown: updates over which it falls linearly to zero at the end; the papers have none,
            and their scores swing from one evaluation to the next.
        weight_decay: of every weight, norms and biases included, as published.
        clip: largest norm of the gradient; longer ones are shortened to it.
        precision: "bfloat16" computes matrix products in it, the weights stay float32.
        checkpoint_every: updates between two checkpoints.
        log_every: updates between two lines of metrics.jsonl.
    """

    updates: int = 100_000
    batch_size: int = 64
    learning_rate: float = 1e-4
    warmup: int = 10_000
    cooldown: int = 0
    weight_decay: float = 1e-4
    clip: float = 0.25
    precision: Literal["float32", "bfloat16"] = "float32"
    checkpoint_every: int = 1_000
    log_every: int = 10


def build_optimiser(policy: nn.Module, settings: Training) -> torch.optim.AdamW:
    """AdamW with torch's β = (0.9, 0.999) over all weights in one group.

    Source: Chen et al. 2021, official Gym code (`experiment.py`); Ota 2024 the same.
    """
    return torch.optim.AdamW(
        policy.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        fused=True,
    )


def learning_rate(settings: Training, update: int) -> float:
    """The learning rate of an update, counted from 0.

    It is the full one times min((update + 1) / warmup, (updates - update) / cooldown, 1).
    """
    rise = (update + 1) / max(settings.warmup, 1)
    fall = (settings.updates - update) / max(settings.cooldown, 1)
    return settings.learning_rate * min(rise, fall, 1.0)
