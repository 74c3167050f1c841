"""08: both halves of Decision Mamba-Hybrid, against the authors' code."""

import re

import numpy as np
import torch
from torch import Tensor, nn

from decision_mamba.mixers import Attention
from decision_mamba.models.hybrid import Hybrid, HybridPolicy
from decision_mamba.models.hybrid.actor import Known
from decision_mamba.models.hybrid.memory import NOTHING, LongMemory, Summaries
from decision_mamba.models.hybrid.sub_goal import SubGoal
from decision_mamba.models.memory import Acting
from decision_mamba.moments import Moments
from decision_mamba.spaces import Continuous, Spaces, Vector
from tests.parity.trial import Tolerance, Trial

TOLERANCE = Tolerance(2e-5)
STEPS = Tolerance(5e-5)

# Their names, and ours for the same; what is not here is called alike.
_MEMORY = {
    r"mamba\.layers\.(\d+)\.": r"stack.blocks.\1.",
    r"norm_f\.": "stack.norm.",
    r"predict_z_distribution\.0\.": "predict_z_distribution.",
}
_ACTOR = {
    r"transformer\.ln_f\.": "stack.norm.",
    r"transformer\.h\.(\d+)\.ln_1\.": r"stack.blocks.\1.norm.",
    r"transformer\.h\.(\d+)\.ln_2\.": r"stack.blocks.\1.channel_norm.",
    r"transformer\.h\.(\d+)\.attn\.": r"stack.blocks.\1.mixer.",
    r"transformer\.h\.(\d+)\.mlp\.c_fc\.": r"stack.blocks.\1.channels.0.",
    r"transformer\.h\.(\d+)\.mlp\.c_proj\.": r"stack.blocks.\1.channels.2.",
    r"predict_action\.0\.": "head.linear.",
}
_UNUSED_BY_MEMORY = ("embed_z.", "predict_state.", "predict_rewards.", "predict_returns.")
_UNUSED_BY_ACTOR = ("transformer.wte.",)
_PROJECTION = "embed_g_to_z."  # which the source keeps in its actor, and ours beside it


def check_high_level(trial: Trial) -> None:
    """Predicts the sub-goals of whole rows and chunk after chunk."""
    config = trial.config("state_dim", "z_dim", "embed_dim", "mamba_block", "K", "batch", "seed")
    model = Hybrid(
        width=config["embed_dim"],
        memory_blocks=config["mamba_block"],
        sub_goal=config["z_dim"],
    )
    memory = _policy(model, config["state_dim"], actions=1).memory
    _load(trial, memory, _MEMORY, _UNUSED_BY_MEMORY)
    chunks = _summaries(trial)
    with torch.no_grad():
        mean, deviation = memory(chunks)
        trial.compare("z_params", _chunk_by_chunk(memory, chunks), STEPS, by="step")
        # The source's step path forgets the LayerNorm of the tokens.
        memory.embed_ln.register_forward_hook(lambda _, tokens, __: tokens[0])
        trial.compare("step_z_params", _chunk_by_chunk(memory, chunks), STEPS)
    trial.remark("step_z_params without the LayerNorm of the tokens, as the source steps")
    log_variance = 2 * deviation.log()
    whole = torch.cat([mean, log_variance], dim=-1)
    trial.compare("mu", mean, TOLERANCE)
    trial.compare("logvar", log_variance, TOLERANCE)
    trial.compare("z_params", whole, TOLERANCE)
    trial.compare("z_params_sequential_scan", whole, TOLERANCE)


def check_low_level(trial: Trial) -> None:
    """Predicts actions towards sub-goals that are given, drawn, or those of valuable places."""
    config = trial.config(
        *("state_dim", "act_dim", "z_dim", "embed_dim", "n_layer", "horizon", "batch"),
        *("max_ep_len", "seed"),
    )
    model = Hybrid(
        actor=Attention(dropout=0.0),
        width=config["embed_dim"],
        blocks=config["n_layer"],
        sub_goal=config["z_dim"],
        timesteps=config["max_ep_len"],
        chunk=config["horizon"],
    )
    policy = _policy(model, config["state_dim"], config["act_dim"])
    assert policy.goals is not None
    _load(trial, policy.actor, _ACTOR, _UNUSED_BY_ACTOR)
    policy.goals.load_state_dict(trial.case.under(f"param.{_PROJECTION}"))
    steps = _steps(trial)
    mask = trial.input("mask").bool()
    in_front = Known(*(_to_the_front(part, mask) for part in steps))
    z, drawn = trial.input("z"), _drawn(trial)
    with torch.no_grad():
        goal = policy.goals(trial.input("goal")[:, None])
        towards_goal = goal.expand_as(z)
        trial.compare("z_goal", goal[:, 0], TOLERANCE)
        trial.compare("action_preds_nomask", policy.actor(z, steps), TOLERANCE)
        for name, aim in (
            ("action_preds", z),
            ("sampled_action_preds", drawn),
            ("goal_action_preds", towards_goal),
        ):
            got = policy.actor(_to_the_front(aim, mask), in_front)[_to_the_front(mask, mask)]
            trial.compare(name, got, TOLERANCE, part=lambda actions: actions[mask])
    trial.remark("at padded steps nothing: the source's outputs there are arbitrary")


def _policy(model: Hybrid, states: int, actions: int) -> HybridPolicy:
    spaces = Spaces(Vector(states), Continuous((-1.0,) * actions, (1.0,) * actions))
    moments = Moments(np.zeros(states, np.float32), np.ones(states, np.float32))
    return model.build(spaces, moments, Acting()).eval()


def _load(trial: Trial, module: nn.Module, names: dict[str, str], unused: tuple[str, ...]) -> None:
    """Loads all that the source's forward uses; every weight of ours must be among it."""
    ours = {}
    for name, weight in trial.weights().items():
        if name.startswith((*unused, _PROJECTION)):
            continue
        # GPT-2's matrices are stored (in, out).
        transposed = re.search(r"transformer\.h\..*(attn|mlp)\..*weight", name)
        for theirs, mine in names.items():
            name = re.sub(f"^{theirs}", mine, name)
        ours[name] = weight.T if transposed else weight
    module.load_state_dict(ours)
    trial.remark(f"never used by the source: {', '.join(part.rstrip('.') for part in unused)}")


def _summaries(trial: Trial) -> Summaries:
    """The source's chunks carry their own reward and end, ours those of the chunk before."""
    rewards, done = trial.input("chunk_rewards")[..., 0], trial.input("done")
    before = torch.cat([torch.zeros_like(rewards[:, :1]), rewards[:, :-1]], dim=1)
    ends = torch.cat([torch.full_like(done[:, :1], NOTHING), done[:, :-1]], dim=1)
    return Summaries(trial.input("rtg")[..., 0], trial.input("states"), before, ends)


def _chunk_by_chunk(memory: LongMemory, chunks: Summaries) -> Tensor:
    steps = zip(*(torch.split(part, 1, dim=1) for part in chunks), strict=True)
    first, *later = (Summaries(*step) for step in steps)
    goal, state = memory.begin(first)
    goals = [goal]
    for chunk in later:
        goal, state = memory.extend(chunk, state)
        goals.append(goal)
    return torch.stack([torch.cat([one.mean, 2 * one.deviation.log()], dim=1) for one in goals], 1)


def _steps(trial: Trial) -> Known:
    rewards = trial.input("rewards")[..., 0]
    return Known(trial.input("states"), trial.input("actions"), rewards, trial.input("timesteps"))


def _drawn(trial: Trial) -> Tensor:
    """Draws z of each step by the noise of the case."""
    mean, log_variance = trial.input("z_params").chunk(2, dim=-1)
    return SubGoal(mean, (log_variance / 2).exp()).drawn(trial.input("eps"))


def _to_the_front(part: Tensor, mask: Tensor) -> Tensor:
    """Steps padded on the left, padded at the end instead: then ours needs no mask."""
    order = torch.argsort(~mask, dim=1, stable=True)
    return part[torch.arange(len(mask))[:, None], order]
