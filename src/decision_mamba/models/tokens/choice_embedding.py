"""Which of several actions was done, as a row of weights."""

from jaxtyping import Float, Int
from torch import Tensor, nn


class ChoiceEmbedding(nn.Embedding):
    """A row of weights for each action that can be chosen, and zero where none was.

    Rows begin with a standard deviation of 0.02.

    Source: Chen et al. 2021, arXiv:2106.01345, official Atari code, which has no action before
    the first. Dai et al. 2024, arXiv:2405.12094, official Atari code, puts action 0 there.
    """

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, chosen: Int[Tensor, "b t"]) -> Float[Tensor, "b t _"]:
        rows = super().forward(chosen.clamp(min=0).long())
        return rows.masked_fill((chosen < 0)[..., None], 0.0)
