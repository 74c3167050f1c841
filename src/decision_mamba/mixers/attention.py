"""Causal softmax attention, the mixer of Decision Transformer."""

import dataclasses

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from decision_mamba.errors import BadInput
from decision_mamba.mixers.cache import Cache, Heads
from decision_mamba.mixers.mixer import EVERY, Mixer, State
from decision_mamba.ops.dropout import dropout
from decision_mamba.shapes import Tokens, WantedTokens


@dataclasses.dataclass(frozen=True)
class Attention:
    """Settings of an attention mixer; the defaults are Decision Transformer's for Gym.

    Attributes:
        heads: must divide the width.
        dropout: of the attention weights and of what leaves the mixer.
    """

    heads: int = 1
    dropout: float = 0.1

    def build(self, width: int) -> Mixer:
        if self.heads < 1 or width % self.heads:
            raise BadInput(
                f"width {width} cannot be shared by {self.heads} attention heads; "
                "choose a width that is a multiple of the heads"
            )
        if not 0 <= self.dropout < 1:
            raise BadInput(
                f"the dropout of attention is {self.dropout}; expected at least 0 and less than 1"
            )
        return AttentionMixer(width, self)


class AttentionMixer(Mixer):
    """Weighs all earlier tokens by how well their keys meet the present query.

    The state is the keys and values of every token so far, (b, h, l, d/h), in two parts each
    (`Cache`): it grows with the sequence, and so does the cost of a step. No positions are added
    here; the tokens carry their timestep.

    Source: Radford et al. 2019 (GPT-2) as used by Chen et al. 2021, arXiv:2106.01345. Weights
    have GPT-2's names; its matrices are stored (in, out), ours (out, in) as torch's are.
    """

    state_parts = 4
    projections = ("c_proj",)

    def __init__(self, width: int, settings: Attention) -> None:
        super().__init__()
        self.heads = settings.heads
        self.dropout = settings.dropout
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)
        for linear in (self.c_attn, self.c_proj):
            nn.init.normal_(linear.weight, std=0.02)  # GPT-2's initializer_range
            nn.init.zeros_(linear.bias)

    def forward(
        self, x: Tokens, state: State | None = None, wanted: slice = EVERY
    ) -> tuple[WantedTokens, State]:
        query, key, value = self._queries_keys_values(x, wanted)
        if state is None:
            cache = Cache.of(key, value)
        else:
            cache = Cache(*state).then(key, value, whole=self.training)
        begins = state is None and wanted == EVERY
        seen = None if begins else _seen(x.shape[1], cache.tokens, x.device)[wanted]
        y = self._attend_to(cache, query, seen)
        y = self.c_proj(y.transpose(1, 2).flatten(2))  # b h l d/h -> b l d
        return dropout(y, self.dropout, self.training), tuple(cache)

    def weights(self, x: Tokens, wanted: slice = EVERY) -> Float[Tensor, "b h _ l"]:
        """How much each wanted token of whole sequences takes from each token; rows sum to 1."""
        query, key, _ = self._queries_keys_values(x, wanted)
        return _weights(query, key, _seen(x.shape[1], x.shape[1], x.device)[wanted])

    def _queries_keys_values(self, x: Tokens, wanted: slice) -> tuple[Heads, Heads, Heads]:
        weights, biases = self.c_attn.weight.chunk(3), self.c_attn.bias.chunk(3)
        query, key, value = (
            self._split(F.linear(tokens, weight, bias))
            for tokens, weight, bias in zip((x[:, wanted], x, x), weights, biases, strict=True)
        )
        return query, key, value

    def _attend_to(self, cache: Cache, query: Heads, seen: Tensor | None) -> Heads:
        if cache.is_whole or seen is None:
            return self._attend(query, cache.older_keys, cache.older_values, seen)
        keys, values = (cache.older_keys, cache.recent_keys), cache.older_values
        weights = _softmax(query, torch.cat([query @ key.mT for key in keys], dim=3), seen)
        older, recent = weights.to(values.dtype).tensor_split([cache.older], dim=3)
        return older @ values + recent @ cache.recent_values

    def _attend(self, query: Heads, key: Heads, value: Heads, seen: Tensor | None) -> Heads:
        """Attends to the keys that are `seen`; None for all up to the query's own."""
        p = self.dropout if self.training else 0.0
        if p == 0 or query.device.type != "cpu":
            return F.scaled_dot_product_attention(
                query, key, value, seen, dropout_p=p, is_causal=seen is None
            )
        # torch has no fast way on a CPU to drop weights: written out, with our dropout.
        if seen is None:
            seen = _seen(key.shape[2], key.shape[2], key.device)
        return dropout(_weights(query, key, seen), p).to(value.dtype) @ value

    def _split(self, x: Tokens) -> Heads:
        batch, length, width = x.shape
        return x.reshape(batch, length, self.heads, width // self.heads).transpose(1, 2)


def _weights(query: Heads, key: Heads, seen: Bool[Tensor, "_ l"]) -> Float[Tensor, "b h _ l"]:
    return _softmax(query, query @ key.transpose(2, 3), seen)


def _softmax(
    query: Heads, products: Float[Tensor, "b h _ l"], seen: Bool[Tensor, "_ l"]
) -> Float[Tensor, "b h _ l"]:
    """Weights from the products of queries and keys."""
    # Scaling and masking are one pass, in float32 at least.
    mask = torch.where(seen, 0.0, float("-inf"))
    return torch.add(mask, products, alpha=query.shape[3] ** -0.5).softmax(dim=-1)


def _seen(tokens: int, keys: int, device: torch.device) -> Bool[Tensor, "l keys"]:
    """Which keys each of the last tokens may see: its own and all before."""
    return torch.ones(tokens, keys, dtype=torch.bool, device=device).tril(keys - tokens)
