"""What the long memory asks of the actor for one chunk, and what a valuable place asks."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

Noise = Literal["chunk", "step"]
Projection = Literal["frozen", "trained"]


class SubGoal(NamedTuple):
    """A normal distribution of z for each of n chunks.

    Attributes:
        mean: of each of its numbers.
        deviation: of each of its numbers, each independent of the others.
    """

    mean: Float[Tensor, "n z"]
    deviation: Float[Tensor, "n z"]

    def rows(self, chosen: Tensor) -> "SubGoal":
        """Some of the chunks."""
        return SubGoal(self.mean[chosen], self.deviation[chosen])

    def drawn(self, noise: Float[Tensor, "n _ z"]) -> Float[Tensor, "n _ z"]:
        """Draws z by standard normal noise, of which there is one per chunk or one per step."""
        return self.mean[:, None] + self.deviation[:, None] * noise

    def settled(self) -> "SubGoal":
        """One draw of it, as a sub-goal that is certain."""
        z = self.drawn(torch.randn_like(self.mean)[:, None])[:, 0]
        return SubGoal(z, torch.zeros_like(z))


class GoalProjection(nn.Module):
    """f: a linear map from a valuable place to a sub-goal, f(s_g).

    Frozen, it is a buffer: it travels with the weights, and training does not count it as one.

    Source: Huang et al. 2024, arXiv:2406.00079, section 4.3 ("we freeze a linear layer") and
    official D4RL code, where its output is detached.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, features: int, size: int, *, trained: bool) -> None:
        super().__init__()
        drawn = nn.Linear(features, size)
        for name, part in drawn.named_parameters():
            if trained:
                self.register_parameter(name, part)
            else:
                self.register_buffer(name, part.detach())

    def forward(self, goals: Float[Tensor, "n c f"]) -> Float[Tensor, "n c z"]:
        return F.linear(goals, self.weight, self.bias)
