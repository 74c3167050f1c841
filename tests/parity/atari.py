"""06: the Atari policies of three papers, whole, against the authors' code."""

import dataclasses
from typing import Any

import numpy as np
import torch
from torch import Tensor

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Attention, Convolution, MixerSettings, Selective, State
from decision_mamba.models import Policy
from decision_mamba.models.memory import Acting
from decision_mamba.models.official.blueprint import fill
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.moments import Moments
from decision_mamba.spaces import Discrete, Image, Spaces
from decision_mamba.training.objective import error
from tests.parity.atari_names import translated
from tests.parity.trial import Tolerance, Trial

TOLERANCE = Tolerance(2e-5)
STEPS = Tolerance(5e-5)

_IN_PLACES = "tokens.positions.pos_emb"


def check(trial: Trial) -> None:
    """Predicts whole windows, what is decided of windows that grow, and the same step by step."""
    config = trial.config(
        *("vocab_size", "n_layer", "n_head", "n_embd", "K", "batch", "max_timestep", "max_rtg"),
        *("model_type", "token_mixer", "conv_proj", "seed"),
    )
    policy, batch = _policy(trial, config), batch_of(trial)
    with torch.no_grad():
        trial.compare("state_embeddings", policy.perceived(batch).observations, TOLERANCE)
        logits = policy(batch)
        trial.compare("train_logits", logits, TOLERANCE)
        if "train_loss" in trial.expected:  # which a case that was cut lacks
            trial.compare("train_loss", error(policy, logits, batch), TOLERANCE)
        _check_decisions(trial, policy, batch)
    if not policy.takes_target:
        trial.remark("tables of three tokens per step are cut to those of two, which are used")


def _check_decisions(trial: Trial, policy: SequencePolicy, batch: Batch) -> None:
    window = policy.perceived(batch)
    for name, steps in {"first": 1, "short": 2}.items():
        decided = policy.decide(window.first(steps))
        trial.compare(f"eval_{name}_logits", decided, TOLERANCE, part=_last)
    undecided = batch.acted(torch.zeros_like(batch.actions[:, 0]))
    trial.compare("eval_logits", policy(undecided), TOLERANCE, by="forward")
    trial.compare("eval_logits", policy.decide(window), TOLERANCE, part=_last, by="decide")
    trial.compare("eval_logits", stepped(policy, batch, None), STEPS, by="step")


def _last(logits: Tensor) -> Tensor:
    return logits[:, -1]


def stepped(policy: Policy, batch: Batch, before: Batch | None) -> Tensor:
    """What is predicted one step after another, with what was done as it is stored."""
    state: State | None = None
    previous = before
    decided = []
    for present in policy.perceived(batch).chunks(1):
        logits, state = policy.step(present, previous, state)
        decided.append(logits)
        previous = present
    return torch.stack(decided, dim=1)


def batch_of(trial: Trial) -> Batch:
    """The windows of a case; without a mask in it all steps are real."""
    observations = trial.input("frames")
    steps = observations.shape[:2]
    has_mask, has_times = (f"in.{name}" in trial.case.tensors for name in ("mask", "timesteps"))
    first = trial.input("timesteps")[:, 0] if has_times else torch.zeros(steps[0], 1).long()
    return Batch(
        observations=observations,
        actions=trial.input("actions")[..., 0],
        returns_to_go=trial.input("rtgs")[..., 0],
        timesteps=first + torch.arange(steps[1]),
        mask=trial.input("mask").bool() if has_mask else torch.ones(steps).bool(),
    )


def built(model: Model, window: int, weights: dict[str, Tensor]) -> SequencePolicy:
    """A policy of ours with weights that have our names; of 84 x 84 and 4 frames, as all are."""
    spaces = Spaces(Image(), Discrete(len(weights["head.linear.weight"])))
    nothing = Moments(np.zeros(0, np.float32), np.ones(0, np.float32))
    policy = SequencePolicy(model, spaces, nothing, Acting(window=window))
    fill(policy, weights)
    return policy.eval()


def _policy(trial: Trial, config: dict[str, Any]) -> SequencePolicy:
    weights, model = translated(trial.weights()), _model(config)
    if not model.takes_target:
        weights = {name: w for name, w in weights.items() if "embed_return" not in name}
        weights[_IN_PLACES] = weights[_IN_PLACES][: 2 * config["K"] + 1]
    return built(model, config["K"], weights)


def _model(config: dict[str, Any]) -> Model:
    kind, heads = config.get("token_mixer", "attn"), Attention(config["n_head"])
    convolution = Convolution(projected=config.get("conv_proj", False))
    mixers: dict[str, tuple[MixerSettings, MixerSettings | None]] = {
        "attn": (heads, None),
        "conv": (convolution, None),
        "conv-attn": (convolution, heads),
        "mamba": (Selective(), None),
        "mamba-min": (Selective(), None),
    }
    if kind not in mixers:
        raise BadInput(f"its token_mixer is {kind!r}; known here: {', '.join(mixers)}")
    mixer, last = mixers[kind]
    return dataclasses.replace(
        ATARI,
        mixer=mixer,
        last_mixer=last,
        width=config["n_embd"],
        blocks=config["n_layer"],
        tokens="state-action" if config["model_type"] == "naive" else "return-state-action",
        timesteps=config["max_timestep"],
        mixer_norm="rms" if kind == "mamba-min" else "layer",
    )


# What the Atari policies of Chen et al. and all that grew from them share.
ATARI = Model(
    positions="token",
    embedding_bend="tanh",
    embedding_norm=False,
    head_bias=False,
    return_scale=1.0,
)
