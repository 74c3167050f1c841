"""The long memory: reads every c-th step of many episodes and says what to aim at next."""

import dataclasses
import math
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from decision_mamba.mixers import EVERY, MixerSettings
from decision_mamba.models.blocks import Block
from decision_mamba.models.hybrid.ragged import Ragged, begin, extend
from decision_mamba.models.hybrid.stack import Stack
from decision_mamba.models.hybrid.sub_goal import SubGoal
from decision_mamba.models.hybrid.table import table_of
from decision_mamba.shapes import Tokens

MemoryTokens = Literal["four", "three", "joint"]

GOES_ON, ENDED, NOTHING = range(3)  # what became of an episode in the chunk before


@dataclasses.dataclass(frozen=True)
class Remembering:
    """Settings of a long memory; `models.hybrid.Hybrid` says what they mean."""

    mixer: MixerSettings
    width: int
    blocks: int
    tokens: MemoryTokens
    size: int
    squashed: bool
    deviation: float
    table_deviation: float


class Summaries(NamedTuple):
    """What is known when each of a row's k chunks begins.

    Attributes:
        returns: to go, scaled.
        states: what is seen, as features.
        rewards: of the chunk before, summed and scaled; 0 before the first.
        ends: whether an episode ended with the chunk before: GOES_ON, ENDED, or NOTHING where
            there was none.
    """

    returns: Float[Tensor, "b k"]
    states: Float[Tensor, "b k f"]
    rewards: Float[Tensor, "b k"]
    ends: Int[Tensor, "b k"]


class LongMemory(nn.Module):
    """Predicts a sub-goal from the token of each chunk's first state and all tokens before it.

    In separate tokens a chunk is (return, state, reward, end), of which the last two are known
    only when the next one begins; joint, they are the sum of their embeddings, with the reward
    and the end of the chunk before. No time and no position is added. Blocks are a residual mixer
    behind an RMSNorm, without a mixing of channels.

    Source: Huang et al. 2024, arXiv:2406.00079, section 4.2, which has no return token, and
    official D4RL code (`decision_mamba.py`), which has one; its step path forgets the LayerNorm
    of the tokens, ours has it. Three heads and an embedding that the code builds and never uses
    are left out. Weights have its names.
    """

    def __init__(self, features: int, settings: Remembering) -> None:
        super().__init__()
        width = settings.width
        self.settings = settings
        self.embed_return = nn.Linear(1, width) if settings.tokens != "three" else None
        self.embed_state = nn.Linear(features, width)
        self.embed_reward = nn.Linear(1, width)
        self.embed_done = table_of(3, width, settings.table_deviation)
        self.embed_ln = nn.LayerNorm(width)
        self.stack = Stack(width, [_block(settings) for _ in range(settings.blocks)], "rms")
        predicted = 1 if settings.deviation else 2
        self.predict_z_distribution = nn.Linear(width, predicted * settings.size)
        first = torch.full((settings.size,), math.log(settings.deviation or 1.0))
        self.log_deviation = nn.Parameter(first) if settings.deviation else None

    def forward(self, chunks: Summaries) -> tuple[Float[Tensor, "b k z"], Float[Tensor, "b k z"]]:
        """Mean and deviation of each chunk's sub-goal, for rows read from their beginning."""
        x = self._tokens(chunks, begins=True)
        per_chunk = self._per_chunk
        before = max(per_chunk - 3, 0)  # at a row's beginning the last chunk's two are left out
        of_states = EVERY if per_chunk == 1 else slice(before, None, per_chunk)
        return self._distribution(self.stack(x, None, of_states)[0])

    def begin(self, first: Summaries) -> tuple[SubGoal, Ragged]:
        """The sub-goals of the last of the first k chunks, and the state."""
        mixed, after = begin(self.stack, self._tokens(first, begins=True))
        return SubGoal(*self._distribution(mixed)), after

    def extend(self, chunk: Summaries, before: Ragged) -> tuple[SubGoal, Ragged]:
        """The sub-goals of the next chunks, k = 1, and the state."""
        mixed, after = extend(self.stack, self._tokens(chunk, begins=False), before)
        return SubGoal(*self._distribution(mixed)), after

    @property
    def _per_chunk(self) -> int:
        return {"four": 4, "three": 3, "joint": 1}[self.settings.tokens]

    def _tokens(self, chunks: Summaries, *, begins: bool) -> Tokens:
        parts = [self.embed_reward(chunks.rewards[..., None]), self.embed_done(chunks.ends)]
        if self.embed_return is not None:
            parts.append(self.embed_return(chunks.returns[..., None]))
        parts.append(self.embed_state(chunks.states))
        if self.settings.tokens == "joint":
            joint: Tokens = self.embed_ln(torch.stack(parts).sum(dim=0))
            return joint
        tokens = torch.stack(parts, dim=2).flatten(1, 2)  # b k 4 d -> b l d
        normed: Tokens = self.embed_ln(tokens[:, 2:] if begins else tokens)
        return normed

    def _distribution(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        predicted = self.predict_z_distribution(tokens)
        if self.settings.squashed:
            predicted = predicted.tanh()
        if self.log_deviation is not None:
            return predicted, self.log_deviation.exp().expand_as(predicted)
        mean, log_variance = predicted.chunk(2, dim=-1)
        return mean, (log_variance / 2).exp()


def _block(settings: Remembering) -> Block:
    return Block(
        settings.width,
        settings.mixer,
        mixer_norm="rms",
        channel_mixing=False,
        activation="gelu",
        dropout=0.0,
    )
