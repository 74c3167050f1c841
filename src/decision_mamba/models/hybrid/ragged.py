"""States of sequences of unequal length, side by side in tensors."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from decision_mamba.mixers import State
from decision_mamba.models.hybrid.stack import LAST, Stack
from decision_mamba.shapes import Token, Tokens


class Ragged(NamedTuple):
    """The states of b sequences, whatever their mixers keep and however it grows.

    Attributes:
        parts: of the states, each padded with zeros to the size of the largest.
        sizes: of each sequence's parts without padding: all their axes but the first.
    """

    parts: State
    sizes: Int[Tensor, "b _"]

    def rows(self, chosen: Bool[Tensor, " b"]) -> "Ragged":
        """The sequences where `chosen` is True."""
        if bool(chosen.all()):
            return self
        return Ragged(tuple(part[chosen] for part in self.parts), self.sizes[chosen])


def begin(stack: Stack, x: Tokens) -> tuple[Token, Ragged]:
    """Begins sequences; returns their last token, mixed, and their states."""
    mixed, state = stack(x, None, LAST)
    return mixed[:, 0], _equally_long(state)


def extend(stack: Stack, x: Tokens, before: Ragged) -> tuple[Token, Ragged]:
    """Continues each sequence by as many tokens; those of one length are mixed together."""
    if bool((before.sizes == before.sizes[:1]).all()):
        mixed, state = stack(x, _unpadded(before), LAST)
        return mixed[:, 0], _equally_long(state)
    _, kinds = torch.unique(before.sizes, dim=0, return_inverse=True)
    groups = [kinds == kind for kind in range(int(kinds.max()) + 1)]
    extended = [extend(stack, x[group], before.rows(group)) for group in groups]
    mixed = x.new_empty(len(x), x.shape[2], dtype=extended[0][0].dtype)
    for group, (tokens, _) in zip(groups, extended, strict=True):
        mixed[group] = tokens
    return mixed, together(groups, [after for _, after in extended])


def together(places: Sequence[Bool[Tensor, " b"]], pieces: Sequence[Ragged]) -> Ragged:
    """Puts sequences side by side.

    Args:
        places: where those of each piece shall stand; every place is told once.
        pieces: as many.
    """
    parts = [laid(places, alike) for alike in zip(*(one.parts for one in pieces), strict=True)]
    return Ragged(tuple(parts), laid(places, [one.sizes for one in pieces]))


def laid(places: Sequence[Bool[Tensor, " b"]], parts: Sequence[Tensor]) -> Tensor:
    """Puts rows side by side, with zeros behind what is smaller than the largest."""
    if len(parts) == 1:
        return parts[0]
    sizes = [max(axis) for axis in zip(*(part.shape[1:] for part in parts), strict=True)]
    spread = parts[0].new_zeros(len(places[0]), *sizes)
    for place, part in zip(places, parts, strict=True):
        corner: tuple[Tensor | slice, ...] = (place, *(slice(size) for size in part.shape[1:]))
        spread[corner] = part
    return spread


def _equally_long(state: State) -> Ragged:
    sizes = [size for part in state for size in part.shape[1:]]
    told = torch.tensor([sizes], device=state[0].device)
    return Ragged(state, told.expand(len(state[0]), -1))


def _unpadded(ragged: Ragged) -> State:
    sizes: list[int] = ragged.sizes[0].tolist()
    parts = []
    for part in ragged.parts:
        axes, sizes = sizes[: part.ndim - 1], sizes[part.ndim - 1 :]
        parts.append(part[(slice(None), *map(slice, axes))])
    return tuple(parts)
