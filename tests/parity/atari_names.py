"""What the published Atari policies call their weights, and what they are called here."""

import re
from collections.abc import Mapping

import torch
from torch import Tensor

# Beginnings and middles of the sources' names, and ours.
_NAMES = {
    r"^state_encoder": "tokens.embed_state.layers",
    r"^ret_emb\.0": "tokens.embed_return",
    r"^action_embeddings\.0": "tokens.embed_action",
    r"^(global_)?pos_emb$": r"tokens.positions.\1pos_emb",
    r"^head": "head.linear",
    r"^ln_f|^backbone\.norm_f": "norm",
    r"^backbone\.embedding": "tokens.project",
    r"^backbone\.layers": "blocks",
    r"\.(ln1|norm_mamba)\.": ".norm.",
    r"\.ln2\.": ".channel_norm.",
    r"\.mlp(_channels)?\.": ".channels.",
    r"\.attn\.(query|key|value)\.": ".mixer.c_attn.",
    r"\.attn\.proj\.": ".mixer.c_proj.",
    r"\.conv\.rtg_conv1d\.": ".mixer.filters.0.",
    r"\.conv\.obs_conv1d\.": ".mixer.filters.1.",
    r"\.conv\.act_conv1d\.": ".mixer.filters.2.",
    r"\.conv\.fc\.": ".mixer.fc.",
    r"\.mamba\.": ".mixer.",
}
NEVER_USED = ("tok_emb.weight",)


def ours(name: str) -> str:
    """Our name of a weight."""
    for theirs, here in _NAMES.items():
        name = re.sub(theirs, here, name)
    return name


def translated(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights that are used, under our names and in our layout.

    What leads to queries, keys and values is one matrix here; tables of positions have one axis
    less.
    """
    parts: dict[str, list[Tensor]] = {}
    for name in sorted(weights, key=_queries_before_keys):
        if name not in NEVER_USED:
            weight = weights[name]
            parts.setdefault(ours(name), []).append(weight[0] if "pos_emb" in name else weight)
    return {name: torch.cat(each) for name, each in parts.items()}


def _queries_before_keys(name: str) -> bool:
    return ".attn.query." not in name
