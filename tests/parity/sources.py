"""The published policies of the Gym cases, rebuilt here with the weights of a case."""

import dataclasses
from typing import Any

import numpy as np
import torch
from torch import Tensor

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Attention, Convolution, MixerSettings, Selective
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.moments import Moments
from decision_mamba.spaces import Continuous, Spaces, Vector
from tests.parity.names import (
    DECISION_CONVFORMER,
    DECISION_MAMBA,
    DECISION_TRANSFORMER,
    Family,
    fill,
)
from tests.parity.trial import Trial

_FAMILIES = {
    "dt": DECISION_TRANSFORMER,
    "dc": DECISION_CONVFORMER,
    "dmamba": DECISION_MAMBA,
    "dmamba-min": DECISION_MAMBA,
}


@dataclasses.dataclass(frozen=True)
class Source:
    """A policy of ours with published weights, and how its source treats what it is given.

    Attributes:
        masks: whether padded steps are masked; if not, they enter the computation.
        tanh: whether its head squashes the actions, as ours always does.
    """

    policy: SequencePolicy
    family: Family
    masks: bool
    tanh: bool

    def squashed(self, actions: Tensor) -> Tensor:
        """The source's actions between -1 and 1."""
        return actions if self.tanh else actions.tanh()

    def layout(self, padded_left: Batch) -> Batch:
        """Where steps are masked, ours pads at the end instead and needs no mask."""
        return _to_the_front(padded_left) if self.masks else padded_left


def read_source(trial: Trial, *known: str) -> Source:
    """Builds the policy of a case, whose inputs are scaled already: scaling does nothing.

    Args:
        trial: the case.
        known: names of settings that the caller answers for, the policy's included.
    """
    config = trial.config(*known)
    kind = _kind(config)
    family = _FAMILIES[kind]
    masks = kind == "dt"
    if config.get("remove_act_embs", False):
        family = family.without_actions()
    one = (1.0,) * config["act_dim"]
    size = config["state_dim"]
    policy = SequencePolicy(
        _model(config),
        Spaces(Vector(size), Continuous(tuple(-bound for bound in one), one)),
        Moments(np.zeros(size, np.float32), np.ones(size, np.float32)),
        Acting(window=config["K"], pad="end" if masks else "left"),
    )
    fill(policy, family.translate(trial.weights()))
    return Source(policy, family, masks=masks, tanh=config.get("action_tanh", True))


def batch_of(trial: Trial, prefix: str = "") -> Batch:
    """The windows of a case; without a mask in it all steps are real."""
    observations = trial.input(f"{prefix}states")
    steps = observations.shape[:2]
    has_mask = f"in.{prefix}mask" in trial.case.tensors
    mask = trial.input(f"{prefix}mask").bool() if has_mask else torch.ones(steps).bool()
    return Batch(
        observations=observations,
        actions=trial.input(f"{prefix}actions"),
        # Some cases hold one return more, that after the last step, which no policy reads.
        returns_to_go=trial.input(f"{prefix}rtg")[:, : steps[1], 0],
        timesteps=trial.input(f"{prefix}timesteps"),
        mask=mask,
    )


def _kind(config: dict[str, Any]) -> str:
    kind: str = config.get("model_type", "dc" if "window_size" in config else "dt")
    if kind not in _FAMILIES:
        raise BadInput(f"its model_type is {kind!r}; known here: {', '.join(_FAMILIES)}")
    return kind


def _model(config: dict[str, Any]) -> Model:
    kind = _kind(config)
    if (bend := config.get("activation_function", "relu")) not in ("relu", "gelu"):
        raise BadInput(f"its activation_function is {bend!r}; known here: relu, gelu")
    # Blocks of the other sources always have GELU; Decision Transformer is run with ReLU.
    is_relu = kind == "dt" and bend == "relu"
    return Model(
        mixer=_mixer(kind, config),
        width=config["hidden_size"],
        blocks=config["n_layer"],
        activation="relu" if is_relu else "gelu",
        dropout=0.0,
        embedding_dropout=0.0,
        action_tokens=not config.get("remove_act_embs", False),
        timesteps=config["max_ep_len"],
        mixer_norm="rms" if kind == "dmamba-min" else "layer",
        return_scale=1.0,
    )


def _mixer(kind: str, config: dict[str, Any]) -> MixerSettings:
    if kind == "dt":
        return Attention(config.get("n_head", 1), dropout=0.0)
    if kind == "dc":
        return Convolution(config["window_size"], 2 if config["remove_act_embs"] else 3)
    return Selective()


def _to_the_front(batch: Batch) -> Batch:
    steps = torch.arange(batch.mask.shape[1])
    padded = (~batch.mask).sum(dim=1, keepdim=True)
    order = (steps + padded) % len(steps)  # b t
    rows = torch.arange(len(order))[:, None]
    return Batch(
        observations=batch.observations[rows, order],
        actions=batch.actions[rows, order],
        returns_to_go=batch.returns_to_go[rows, order],
        timesteps=batch.timesteps[rows, order],
        mask=batch.mask[rows, order],
    )
