"""07: DeMa with tokens of its own, whole, against the authors' code."""

import dataclasses

import numpy as np
import torch
from torch import Tensor

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Selective, State
from decision_mamba.models.blocks import Norm
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.models.tokens import Layout
from decision_mamba.moments import Moments
from decision_mamba.spaces import Continuous, Spaces, Vector
from tests.parity.block import last_inputs
from tests.parity.names import DEMA, fill
from tests.parity.sources import batch_of
from tests.parity.trial import Tolerance, Trial

TOLERANCE = Tolerance(2e-5)
STATES = Tolerance(5e-5)

_LAYOUTS: dict[tuple[str, str], Layout] = {
    ("B3LD", "normal"): "return-action-state",
    ("BL3D", "normal"): "concatenated",
    ("B3LD", "K"): "return-once",
}


def check(trial: Trial) -> None:
    """Predicts as in training and as in running, decides on windows, and step by step."""
    model = _model(trial)
    with torch.no_grad():
        _check_windows(trial, model)
        _check_decisions(trial, _policy(trial, model))
        _check_steps(trial, model)
        _check_backbone(trial, _policy(trial, model))


def _check_windows(trial: Trial, model: Model) -> None:
    learning = _policy(trial, dataclasses.replace(model, alignment="published"))
    running, batch = _policy(trial, model), batch_of(trial)
    trial.compare("train_action_preds", learning(batch), TOLERANCE)
    trial.compare("pad.train_action_preds", learning(batch_of(trial, "pad.")), TOLERANCE)
    trial.compare("running_action_preds", running(batch), TOLERANCE)
    trial.compare("len1_action_preds", _policy(trial, model, 1)(batch.first(1)), TOLERANCE)
    # The source is given the actions before each step; ours finds them itself.
    before = torch.cat([torch.zeros_like(batch.actions[:, :1]), batch.actions[:, :-1]], dim=1)
    trial.compare_stated("prev_actions", before, trial.input("prev_actions"))


def _check_decisions(trial: Trial, policy: SequencePolicy) -> None:
    batch = batch_of(trial)
    for name in sorted(name for name in trial.expected if name.startswith("get_action2.n")):
        steps = int(name.removeprefix("get_action2.n"))
        trial.compare(name, policy.decide(batch.first(steps)), TOLERANCE)


def _check_steps(trial: Trial, model: Model) -> None:
    """Where the return is told once, the source steps as if it were told always."""
    told_always = model.tokens == "return-once"
    policy = _policy(
        trial, dataclasses.replace(model, tokens="return-action-state") if told_always else model
    )
    actions, state = _stepped(policy, batch_of(trial))
    if "rnn_action_preds" in trial.expected:
        trial.compare("rnn_action_preds", actions, STATES)
    else:
        trial.compare("rnn_action_last_component", actions[..., -1], STATES)
    for index, (past, h) in enumerate(zip(state[::2], state[1::2], strict=True)):
        trial.compare(f"rnn_final_conv_state.{index}", past, STATES, part=last_inputs)
        trial.compare(f"rnn_final_ssm_state.{index}", h, STATES)
    if told_always:
        trial.remark("step by step the source tells the return always: so does what is compared")


def _stepped(policy: SequencePolicy, batch: Batch) -> tuple[Tensor, State]:
    state: State | None = None
    previous: Batch | None = None
    decided = []
    for step in range(batch.mask.shape[1]):
        present = batch.first(step + 1).last(1)
        action, state = policy.step(present, previous, state)
        # As in the other calls, what was done is what is stored, not what was decided.
        decided.append(action)
        previous = present
    assert state is not None
    return torch.stack(decided, dim=1), state


def _check_backbone(trial: Trial, policy: SequencePolicy) -> None:
    assert policy.tokens.project is not None
    x = policy.tokens.project(trial.input("backbone_u"))
    for block in policy.blocks:
        x, _ = block(x)
    trial.compare("backbone_y", policy.norm(x), TOLERANCE)


def _model(trial: Trial) -> Model:
    config = trial.config(
        *("state_dim", "act_dim", "embedding_dim", "d_model", "n_layer", "ssm_cfg", "K", "batch"),
        *("max_ep_len", "reward_type", "time_embd", "type_input", "rms_norm", "seed"),
    )
    kind = (config["type_input"], config["reward_type"])
    if kind not in _LAYOUTS:
        raise BadInput(f"its type_input and reward_type are {kind}; known here: {list(_LAYOUTS)}")
    if odd := config["ssm_cfg"].keys() - {"d_state", "expand"}:
        raise BadInput(f"its ssm_cfg has {', '.join(sorted(odd))}; known here: d_state, expand")
    norm: Norm = "rms" if config["rms_norm"] else "layer"
    return Model(
        mixer=Selective(state=config["ssm_cfg"]["d_state"], expand=config["ssm_cfg"]["expand"]),
        width=config["d_model"],
        blocks=config["n_layer"],
        channel_mixing=False,
        embedding_dropout=0.0,
        tokens=_LAYOUTS[kind],
        timesteps=config["max_ep_len"] if config["time_embd"] else 0,
        embedding=config["embedding_dim"],
        embedding_norm=False,
        mixer_norm=norm,
        final_norm=norm,
        return_scale=1.0,
    )


def _policy(trial: Trial, model: Model, window: int | None = None) -> SequencePolicy:
    config = trial.case.card["config"]
    size, one = config["state_dim"], (1.0,) * config["act_dim"]
    policy = SequencePolicy(
        model,
        Spaces(Vector(size), Continuous(tuple(-bound for bound in one), one)),
        Moments(np.zeros(size, np.float32), np.ones(size, np.float32)),
        Acting(window=window or config["K"], pad="left"),
    )
    fill(policy, DEMA.translate(trial.weights()))
    return policy.eval()
