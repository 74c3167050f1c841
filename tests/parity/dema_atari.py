"""07: DeMa's Atari policies, whole, against the authors' code."""

import dataclasses
from typing import Any

import torch

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Selective
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.models.tokens import Layout
from decision_mamba.training.objective import error
from tests.parity.atari import STEPS, TOLERANCE, batch_of, built, stepped
from tests.parity.atari_names import translated
from tests.parity.trial import Trial

_LAYOUTS: dict[str, Layout] = {"B3LD": "action-return-state", "BL3D": "concatenated"}
_PROJECTION = "tokens.project.weight"


def check(trial: Trial) -> None:
    """Predicts as in training and as in running, and step by step."""
    config = trial.config(
        *("vocab_size", "n_embed", "d_model", "n_layer", "ssm_cfg", "K", "batch", "reward_type"),
        *("type_input", "max_timestep", "seed"),
    )
    policy, batch = _policy(trial, config), batch_of(trial)
    with torch.no_grad():
        _check_learning(trial, _published(policy), batch)
        before = _of_action_0(batch)
        running, _ = policy.continued(batch, before, None)
        trial.compare("running_logits", running, TOLERANCE)
        if "rnn_logits" in trial.expected:
            trial.compare("rnn_logits", stepped(policy, batch, before), STEPS)
    trial.remark("the source's action 0 before the first is given; ours has none there")


def _check_learning(trial: Trial, policy: SequencePolicy, batch: Batch) -> None:
    """The loss of the whole case is of all steps; its mask is for the other."""
    logits = policy(batch)
    trial.compare("train_logits", logits, TOLERANCE)
    whole = dataclasses.replace(batch, mask=torch.ones_like(batch.mask))
    for name, windows in {"train_loss": whole, "masked_loss": batch}.items():
        learned, _ = policy.predictable(windows)
        trial.compare(name, error(policy, logits, learned), TOLERANCE)


def _of_action_0(batch: Batch) -> Batch:
    first = batch.first(1)
    return first.acted(torch.zeros_like(first.actions[:, 0]))


def _published(policy: SequencePolicy) -> SequencePolicy:
    model = dataclasses.replace(policy.model, alignment="published")
    return built(model, policy.acting.window, dict(policy.named_parameters()))


def _policy(trial: Trial, config: dict[str, Any]) -> SequencePolicy:
    weights, kind = translated(trial.weights()), config["type_input"]
    if kind not in _LAYOUTS or config["reward_type"] != "normal":
        raise BadInput(f"its type_input is {kind}, its reward_type {config['reward_type']}")
    model = Model(
        mixer=Selective(state=config["ssm_cfg"]["d_state"], expand=config["ssm_cfg"]["expand"]),
        width=config["d_model"],
        blocks=config["n_layer"],
        channel_mixing=False,
        tokens=_LAYOUTS[kind],
        timesteps=0,
        embedding=config["n_embed"],
        embedding_bend="tanh",
        embedding_norm=False,
        mixer_norm="rms",
        final_norm="rms",
        head_bias=False,
        return_scale=1.0,
    )
    if kind == "BL3D":
        before, told, seen = weights[_PROJECTION].chunk(3, dim=1)
        weights[_PROJECTION] = torch.cat([told, before, seen], dim=1)
        trial.remark("the source puts actions before returns side by side, ours behind them")
    return built(model, config["K"], weights)
