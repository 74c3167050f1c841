"""What the published code calls its weights, and what they are called here."""

import dataclasses
import re

from torch import Tensor, nn

from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Family:
    """The names of one published policy.

    Attributes:
        names: its modules and ours; {i} stands for the number of the block.
        never_used: modules that it builds and never reads, which do not exist here.
        transposed: modules of ours whose matrix it stores (in, out).
    """

    names: dict[str, str]
    never_used: tuple[str, ...] = ()
    transposed: tuple[str, ...] = ()

    def without_actions(self) -> "Family":
        """The same policy with `remove_act_embs`: it builds their embedding all the same."""
        names = {theirs: ours for theirs, ours in self.names.items() if theirs != "embed_action"}
        return dataclasses.replace(self, names=names, never_used=(*self.never_used, "embed_action"))

    def ours(self, name: str) -> str | None:
        """Our name of a weight; None if the source never uses it.

        Raises:
            BadInput: the name is unknown.
        """
        if name.rpartition(".")[0] in self.never_used:
            return None
        block = re.search(r"\.(?:h|layers)\.(\d+)\.", name)
        number = block[1] if block else ""
        for theirs, ours in self.names.items():
            theirs, ours = theirs.replace("{i}", number), ours.replace("{i}", number)
            if name.startswith(f"{theirs}."):
                return ours + name.removeprefix(theirs)
        raise BadInput(f"weight {name!r} is unknown; known modules: {', '.join(self.names)}")

    def translate(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """The same weights under our names and in our layout, less those never used."""
        named = ((self.ours(name), weight) for name, weight in weights.items())
        return {name: self.in_source_layout(name, w) for name, w in named if name is not None}

    def in_source_layout(self, name: str, weight: Tensor) -> Tensor:
        """Turns a weight that is called `name` here to the source's layout, or back from it."""
        module, _, kind = name.rpartition(".")
        return weight.mT if kind == "weight" and module.endswith(self.transposed) else weight


_TOKENS_AND_HEAD = {
    "embed_return": "tokens.embed_return",
    "embed_state": "tokens.embed_state",
    "embed_action": "tokens.embed_action",
    "embed_timestep": "tokens.embed_timestep",
    "embed_ln": "tokens.embed_ln",
    "transformer.ln_f": "norm",
    "predict_action.0": "head.linear",
}

# kzl/decision-transformer, gym/decision_transformer/models; Ota's repository has it again.
DECISION_TRANSFORMER = Family(
    names=_TOKENS_AND_HEAD
    | {
        "transformer.h.{i}.ln_1": "blocks.{i}.norm",
        "transformer.h.{i}.attn.c_attn": "blocks.{i}.mixer.c_attn",
        "transformer.h.{i}.attn.c_proj": "blocks.{i}.mixer.c_proj",
        "transformer.h.{i}.ln_2": "blocks.{i}.channel_norm",
        "transformer.h.{i}.mlp.c_fc": "blocks.{i}.channels.0",
        "transformer.h.{i}.mlp.c_proj": "blocks.{i}.channels.2",
    },
    never_used=("transformer.wte", "predict_state", "predict_return"),
    transposed=("mixer.c_attn", "mixer.c_proj", "channels.0", "channels.2"),
)

# Toshihiro-Ota/decision-mamba, gym/models; the mixer has mamba_ssm's names.
DECISION_MAMBA = Family(
    names=_TOKENS_AND_HEAD
    | {
        "transformer.h.{i}.norm_mamba": "blocks.{i}.norm",
        "transformer.h.{i}.mamba": "blocks.{i}.mixer",
        "transformer.h.{i}.ln_2": "blocks.{i}.channel_norm",
        "transformer.h.{i}.mlp_channels": "blocks.{i}.channels",
    }
)

# beanie00/Decision-ConvFormer, gym/models.
DECISION_CONVFORMER = Family(
    names=_TOKENS_AND_HEAD
    | {
        "transformer.h.{i}.ln_1": "blocks.{i}.norm",
        "transformer.h.{i}.conv.rtg_conv1d": "blocks.{i}.mixer.filters.0",
        "transformer.h.{i}.conv.obs_conv1d": "blocks.{i}.mixer.filters.1",
        "transformer.h.{i}.conv.act_conv1d": "blocks.{i}.mixer.filters.2",
        "transformer.h.{i}.ln_2": "blocks.{i}.channel_norm",
        "transformer.h.{i}.mlp": "blocks.{i}.channels",
    }
)

# AndssY/dema, gym/decision_transformer/models/ssm.py; the backbone has mamba_ssm's names.
DEMA = Family(
    names={
        "ret_emb": "tokens.embed_return",
        "state_encoder": "tokens.embed_state",
        "action_embeddings": "tokens.embed_action",
        "embed_timestep": "tokens.embed_timestep",
        "backbone.embedding": "tokens.project",
        "backbone.layers.{i}.norm": "blocks.{i}.norm",
        "backbone.layers.{i}.mixer": "blocks.{i}.mixer",
        "backbone.norm_f": "norm",
        "predict_action.0": "head.linear",
    },
    never_used=("predict_state", "predict_return"),
)

# The same repository, gym/decision_transformer/models/trajectory_gpt2.py with `attn_type` s6.
DEMA_POST = Family(
    names=_TOKENS_AND_HEAD
    | {
        "transformer.h.{i}.ln_1": "blocks.{i}.norm",
        "transformer.h.{i}.attn": "blocks.{i}.mixer",
        "transformer.h.{i}.ln_2": "blocks.{i}.channel_norm",
        "transformer.h.{i}.mlp.c_fc": "blocks.{i}.channels.0",
        "transformer.h.{i}.mlp.c_proj": "blocks.{i}.channels.2",
    },
    never_used=("transformer.wte", "predict_state", "predict_return"),
    transposed=("channels.0", "channels.2"),
)


def fill(module: nn.Module, weights: dict[str, Tensor]) -> None:
    """Gives a module all its parameters, and nothing else.

    Raises:
        BadInput: one is missing, foreign, or of another shape.
    """
    parameters = dict(module.named_parameters())
    if odd := sorted(parameters.keys() ^ weights.keys()):
        where = "here" if odd[0] in parameters else "in the source"
        raise BadInput(f"weight {odd[0]!r} exists only {where}, and {len(odd) - 1} others too")
    for name, parameter in parameters.items():
        if parameter.shape != weights[name].shape:
            shapes = f"{tuple(parameter.shape)} here, {tuple(weights[name].shape)} in the source"
            raise BadInput(f"weight {name!r} is {shapes}")
        parameter.data.copy_(weights[name])
