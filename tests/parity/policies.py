"""03 to 05: the policies of three papers, whole, against the authors' code."""

import torch
from torch import Tensor

from decision_mamba.batch import Batch
from decision_mamba.models.blocks import Block
from decision_mamba.models.policy import SequencePolicy
from tests.parity.sources import Source, batch_of, read_source
from tests.parity.trial import Tolerance, Trial

TOLERANCE = Tolerance(2e-5)


def check(trial: Trial) -> None:
    """Predicts whole windows, padded windows, and the single action of an inference call."""
    source = read_source(
        trial,
        *("state_dim", "act_dim", "hidden_size", "K", "batch", "n_layer", "n_head", "dropout"),
        *("max_ep_len", "activation_function", "action_tanh", "remove_act_embs", "model_type"),
        *("window_size", "seed"),
    )
    source.policy.eval()
    with torch.no_grad():
        _check_windows(trial, source)
        _check_padded_windows(trial, source)
        _check_decisions(trial, source)
        if "mixer_y" in trial.expected:
            _check_first_block(trial, source)
    _name_what_is_left_out(trial, source)


def _check_windows(trial: Trial, source: Source) -> None:
    batch = batch_of(trial)
    trial.compare("action_preds", source.policy(batch), TOLERANCE, part=source.squashed)
    trial.compare("last_hidden", _hidden(source.policy, batch), TOLERANCE)


def _check_padded_windows(trial: Trial, source: Source) -> None:
    padded = batch_of(trial, "pad.")
    batch = source.layout(padded)
    everything = torch.ones_like(padded.mask)
    theirs, ours = (padded.mask, batch.mask) if source.masks else (everything, everything)
    trial.compare(
        "pad.action_preds",
        source.policy(batch)[ours],
        TOLERANCE,
        part=lambda actions: source.squashed(actions[theirs]),
    )
    tokens = source.policy.tokens.per_step
    trial.compare(
        "pad.last_hidden",
        _hidden(source.policy, batch)[ours.repeat_interleave(tokens, dim=1)],
        TOLERANCE,
        part=lambda hidden: hidden[theirs.repeat_interleave(tokens, dim=1)],
    )


def _check_decisions(trial: Trial, source: Source) -> None:
    episode = _one_episode(batch_of(trial))
    for name in sorted(name for name in trial.expected if name.startswith("get_action.n")):
        steps = int(name.removeprefix("get_action.n"))
        window = _first(episode, steps).last(source.policy.acting.window)
        action = source.policy.decide(window)[0]
        trial.compare(name, action, TOLERANCE, part=source.squashed, by="decide")
        if steps == 1:  # later on an agent has done what it decided, and not what is stored
            agent = source.policy.agent(float(window.returns_to_go))
            action = torch.from_numpy(agent.act(window.observations[0, 0].numpy()))
            trial.compare(name, action, TOLERANCE, part=source.squashed, by="agent")


def _check_first_block(trial: Trial, source: Source) -> None:
    block, x = source.policy.blocks[0], trial.input("mixer_x")
    assert isinstance(block, Block)
    trial.compare("mixer_y", block.mixer(x)[0], TOLERANCE)
    trial.compare("block_y", block(x)[0], TOLERANCE)


def _one_episode(batch: Batch) -> Batch:
    """The first two windows, one behind the other, as the inference calls were given them."""
    first, second = (batch.rows(torch.arange(len(batch.mask)) == row) for row in (0, 1))
    return first.then(second)


def _first(episode: Batch, steps: int) -> Batch:
    """The first steps of it, the last of which is still to be decided."""
    batch = Batch(
        observations=episode.observations[:, :steps],
        actions=episode.actions[:, :steps],
        returns_to_go=episode.returns_to_go[:, :steps],
        timesteps=torch.arange(steps)[None],
        mask=episode.mask[:, :steps],
    )
    return batch.acted(torch.zeros_like(batch.actions[:, 0]))


def _hidden(policy: SequencePolicy, batch: Batch) -> Tensor:
    x = policy.tokens.window(batch, policy.scaling)
    for block in policy.blocks:
        x, _ = block(x)
    hidden: Tensor = policy.norm(x)
    return hidden


def _name_what_is_left_out(trial: Trial, source: Source) -> None:
    heads = [name for name in trial.expected if name.endswith(("state_preds", "return_preds"))]
    trial.leave_out("state_preds and return_preds: no such heads here", *heads)
    if source.masks:
        trial.remark("at padded steps nothing: the source's outputs there are arbitrary")
    if not source.tanh:
        trial.remark("actions compared after tanh, which this source leaves out")
