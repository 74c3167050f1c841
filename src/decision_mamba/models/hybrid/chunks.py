"""Which steps of a context are played under one sub-goal."""

import dataclasses

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from decision_mamba.batch import Context
from decision_mamba.shapes import Mask, Timesteps


@dataclasses.dataclass(frozen=True)
class Chunks:
    """n chunks of the rows of a context, row by row in the order of time.

    Attributes:
        rows: the row of each chunk.
        numbers: how many chunks of the same row came before it.
        steps: where its c steps lie in that row; where it has fewer, the last are not `real`.
        real: which of its steps there are.
    """

    rows: Int[Tensor, " n"]
    numbers: Int[Tensor, " n"]
    steps: Int[Tensor, "n c"]
    real: Bool[Tensor, "n c"]

    def only(self, chosen: Int[Tensor, " m"] | Bool[Tensor, " n"]) -> "Chunks":
        """Some of the chunks."""
        parts = (getattr(self, field.name)[chosen] for field in dataclasses.fields(self))
        return Chunks(*parts)

    def are_alike(self, batch: int) -> bool:
        """Whether all of so many rows have theirs at the same steps."""
        per_row, left = divmod(len(self.rows), batch)
        if left:
            return False
        places = (part.view(batch, per_row, -1) for part in (self.numbers, self.steps, self.real))
        return all(bool((part == part[:1]).all()) for part in places)

    def row_by_row(self, values: Tensor, batch: int) -> Tensor:
        """Values of all n chunks, (n, ...), as (b, k, ...): zeros behind a row's last chunk.

        How many chunks the longest row has is asked of the device, and waited for.
        """
        longest = int(self.numbers.max()) + 1 if len(self.numbers) else 0
        laid = values.new_zeros(batch, longest, *values.shape[1:])
        laid[self.rows, self.numbers] = values
        return laid

    def played(self, context: Context) -> Context:
        """The steps of each chunk, as a context of n rows of c steps, padded at the end."""
        rows = self.rows[:, None]
        parts = {
            field.name: getattr(context, field.name)[rows, self.steps]
            for field in dataclasses.fields(context)
        }
        weights = parts["weights"].masked_fill(~self.real, 0.0)
        return Context(**parts | {"mask": self.real, "weights": weights})


def chunks_of(mask: Mask, timesteps: Timesteps, longest: int) -> Chunks:
    """Finds the chunks of rows of several episodes.

    A chunk begins wherever the age of the episode is a multiple of `longest`, and at a row's first
    step; it ends before the next one, or with its episode.
    """
    length = mask.shape[1]
    begins = mask & ((timesteps % longest == 0) | (mask.cumsum(dim=1) == 1))
    number = begins.cumsum(dim=1) - 1  # b t
    rows, first = begins.nonzero(as_tuple=True)
    numbers = number[rows, first]
    steps = first[:, None] + torch.arange(longest, device=mask.device)  # n c
    inside = steps < length
    steps, each = steps.clamp(max=length - 1), rows[:, None]
    real = inside & mask[each, steps] & (number[each, steps] == numbers[:, None])
    return Chunks(rows, numbers, steps, real)
