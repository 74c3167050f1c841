"""What turns a token into an action, or into what is told of each that can be chosen."""

from torch import nn

from decision_mamba.shapes import Predictions, Tokens
from decision_mamba.spaces import ActionSpace, Continuous


class ContinuousHead(nn.Module):
    """One number between -1 and 1 per number of the action: tanh of a linear map."""

    def __init__(self, width: int, actions: int, *, bias: bool = True) -> None:
        super().__init__()
        self.linear = nn.Linear(width, actions, bias=bias)

    def forward(self, tokens: Tokens) -> Predictions:
        scaled: Predictions = self.linear(tokens).tanh()
        return scaled


class DiscreteHead(nn.Module):
    """A logit for each of several actions: a linear map that begins with small weights.

    Source: Chen et al. 2021, arXiv:2106.01345, official Atari code, whose map adds no bias.
    """

    def __init__(self, width: int, count: int, *, bias: bool = True) -> None:
        super().__init__()
        self.linear = nn.Linear(width, count, bias=bias)
        nn.init.normal_(self.linear.weight, std=0.02)

    def forward(self, tokens: Tokens) -> Predictions:
        logits: Predictions = self.linear(tokens)
        return logits


Head = ContinuousHead | DiscreteHead


def head_of(width: int, action: ActionSpace, *, bias: bool = True) -> Head:
    """Makes the head of an action space."""
    if isinstance(action, Continuous):
        return ContinuousHead(width, action.size, bias=bias)
    return DiscreteHead(width, action.count, bias=bias)
