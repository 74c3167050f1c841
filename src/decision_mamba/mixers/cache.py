"""Keys and values of the tokens so far, which grow by a few at a time and can be very many."""

from typing import NamedTuple, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

Heads: TypeAlias = Float[Tensor, "b h _ k"]

_MANY = 2**19  # numbers, two megabytes: fewer are copied in no time
_FEW = 64  # tokens that may stand apart from the others


class Cache(NamedTuple):
    """Keys and values in two parts, of which only the recent one is copied when tokens join it.

    Where they are few, or many tokens join, all of them are laid out together as the older part.
    With 100 sequences of 4,000 tokens, a copy of all takes five times what looking at all does.
    """

    older_keys: Heads
    older_values: Heads
    recent_keys: Heads
    recent_values: Heads

    @staticmethod
    def of(keys: Heads, values: Heads) -> "Cache":
        """All of them laid out together."""
        return Cache(keys, values, keys[:, :, :0], values[:, :, :0])

    @property
    def is_whole(self) -> bool:
        """Whether all are laid out together."""
        return self.recent_keys.shape[2] == 0

    @property
    def older(self) -> int:
        """Tokens in the older part."""
        return self.older_keys.shape[2]

    @property
    def tokens(self) -> int:
        """Tokens in both."""
        return self.older + self.recent_keys.shape[2]

    def then(self, keys: Heads, values: Heads, *, whole: bool) -> "Cache":
        """These and the next ones; `whole` lays them out together however many there are."""
        keys, values = _behind(self.recent_keys, keys), _behind(self.recent_values, values)
        if not whole and self.older_keys.numel() >= _MANY and keys.shape[2] <= _FEW:
            # Laid out once: products of what lies strewn about are of a copy, each time.
            older = self.older_keys.contiguous(), self.older_values.contiguous()
            return Cache(*older, keys, values)
        return Cache.of(_behind(self.older_keys, keys), _behind(self.older_values, values))


def _behind(first: Heads, then: Heads) -> Heads:
    return torch.cat([first, then], dim=2) if first.shape[2] else then
