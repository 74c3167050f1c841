"""Which weights decay."""

from typing import Literal

from torch import Tensor, nn

Decayed = Literal["all", "matrices", "all but norms"]

_MAKES_TOKENS, _SEES = "tokens.", "tokens.embed_state."


def split(policy: nn.Module, decayed: Decayed) -> tuple[list[Tensor], list[Tensor]]:
    """The weights that decay, and those that do not, each in the policy's order.

    "all" are all, norms and biases included, as in the papers' Gym runs.

    "matrices" are the weights of linear maps and of convolutions: no bias, norm or embedding, no
    table of positions, and nothing that a mixer holds itself, such as Mamba's A and D. Source:
    Chen et al. 2021, arXiv:2106.01345, official Atari code (`configure_optimizers`, Karpathy's
    minGPT), which Kim et al. 2023 and Ota 2024 kept.

    "all but norms" are all but biases, norms and what makes the tokens, of which only the weights
    that see the observation decay; A and D do too. Source: Dai et al. 2024, arXiv:2405.12094,
    official Atari code, which goes by names: "bias", "norm" and "emb", which its maps of returns
    and of tokens are called too.
    """
    modules = dict(policy.named_modules())
    groups: tuple[list[Tensor], list[Tensor]] = [], []
    for name, weight in policy.named_parameters():
        owner, _, kind = name.rpartition(".")
        decays = decayed == "all" or _decays(modules[owner], owner, kind, decayed)
        groups[0 if decays else 1].append(weight)
    return groups


def _decays(module: nn.Module, path: str, kind: str, decayed: Decayed) -> bool:
    if decayed == "matrices":
        return isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d) and kind == "weight"
    if kind == "bias" or isinstance(module, nn.LayerNorm | nn.RMSNorm | nn.Embedding):
        return False
    # With a dot behind it, so that no name is taken for the beginning of another.
    return f"{path}.".startswith(_SEES) or not f"{path}.".startswith(_MAKES_TOKENS)
