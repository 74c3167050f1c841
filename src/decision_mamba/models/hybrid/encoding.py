"""From raw steps to the numbers that memory and actor are told."""

import dataclasses
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from decision_mamba.batch import Context
from decision_mamba.models.hybrid.actor import Known
from decision_mamba.models.hybrid.chunks import Chunks
from decision_mamba.models.hybrid.memory import ENDED, GOES_ON, NOTHING, Summaries
from decision_mamba.models.scaling import Scaling, levelled

ChunkReward = Literal["sum", "mean"]


@dataclasses.dataclass(frozen=True)
class Encoding:
    """How steps are told; `models.hybrid.Hybrid` says what its settings mean."""

    levels: int
    chunk: int
    timesteps: int
    reward_scale: float
    chunk_reward: ChunkReward

    def size(self, numbers: int) -> int:
        """How many features so many observation numbers become."""
        return numbers * max(self.levels, 1)

    @property
    def times(self) -> int:
        """Rows of the actor's table of times."""
        return self.timesteps or self.chunk

    def features(self, raw: Float[Tensor, "*_ o"], scaling: Scaling) -> Float[Tensor, "*_ f"]:
        """What was seen: scaled numbers, or a one among zeros for each whole number."""
        if not self.levels:
            return (raw - scaling.observation_mean) / scaling.observation_std
        return levelled(raw, self.levels)

    def known(self, steps: Context, scaling: Scaling) -> Known:
        """Steps as the actor is told of them."""
        age = steps.timesteps
        times = age.clamp(max=self.timesteps - 1) if self.timesteps else age % self.chunk
        return Known(
            states=self.features(steps.observations, scaling),
            actions=scaling.actions(steps.actions),
            rewards=steps.rewards / self.reward_scale,
            times=times,
        )

    def earned(self, rewards: Float[Tensor, "*_"]) -> Float[Tensor, "*_"]:
        """Sums of a chunk's rewards, as the memory is told of them."""
        steps = self.chunk if self.chunk_reward == "mean" else 1
        return rewards / (self.reward_scale * steps)

    def summaries(self, chunks: Chunks, context: Context, scaling: Scaling) -> Summaries:
        """What is known when each of n chunks begins, k = 1."""
        rows, first = chunks.rows[:, None], chunks.steps[:, :1]
        rewards = context.rewards[rows, chunks.steps].masked_fill(~chunks.real, 0.0)
        earned = self.earned(rewards.sum(dim=1, keepdim=True))
        nothing, age = chunks.numbers[:, None] == 0, context.timesteps[rows, first]
        ends = torch.where(age == 0, ENDED, GOES_ON)
        return Summaries(
            returns=scaling.returns(context.returns_to_go[rows, first]),
            states=self.features(context.observations[rows, first], scaling),
            rewards=earned.roll(1, dims=0).masked_fill(nothing, 0.0),
            ends=ends.masked_fill(nothing, NOTHING),
        )
