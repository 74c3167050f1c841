"""The actor: plays one chunk from a sub-goal and the few steps since it was set."""

import dataclasses
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from decision_mamba.mixers import EVERY, MixerSettings
from decision_mamba.models.blocks import Activation, Block
from decision_mamba.models.heads import head_of
from decision_mamba.models.hybrid.ragged import Ragged, begin, extend
from decision_mamba.models.hybrid.stack import Stack
from decision_mamba.models.hybrid.table import table_of
from decision_mamba.models.scaling import NO_CHOICE
from decision_mamba.models.tokens.choice_embedding import ChoiceEmbedding
from decision_mamba.ops.dropout import Dropout
from decision_mamba.shapes import Actions, Predictions, Token, Tokens
from decision_mamba.spaces import ActionSpace, Continuous

ActorTokens = Literal["separate", "joint"]


@dataclasses.dataclass(frozen=True)
class Playing:
    """Settings of an actor; `models.hybrid.Hybrid` says what they mean."""

    mixer: MixerSettings
    width: int
    blocks: int
    tokens: ActorTokens
    activation: Activation
    dropout: float
    embedding_dropout: float
    times: int
    table_deviation: float


class Known(NamedTuple):
    """Steps of n chunks as an actor is told of them, scaled.

    Attributes:
        states: what was seen, as features.
        actions: what was done.
        rewards: what that earned.
        times: which row of the table of times each has.
    """

    states: Float[Tensor, "n c f"]
    actions: Actions
    rewards: Float[Tensor, "n c"]
    times: Int[Tensor, "n c"]

    def rows(self, chosen: Bool[Tensor, " n"]) -> "Known":
        """The chunks where `chosen` is True."""
        if bool(chosen.all()):
            return self
        return Known(*(part[chosen] for part in self))


class Actor(nn.Module):
    """Predicts each action from the token of its state and the tokens before it in the chunk.

    In separate tokens a step is (z, state, action, reward); joint, it is the sum of the embeddings
    of z, of its state and of the action and reward before it, which are nothing and 0 at a chunk's
    first step. The time of a step is added to all its tokens.

    Source: Huang et al. 2024, arXiv:2406.00079, section 4.2 and official D4RL code
    (`decoder_action.py`); weights have its names, its unused word embedding is left out.
    """

    def __init__(
        self, features: int, sub_goal: int, action: ActionSpace, settings: Playing
    ) -> None:
        super().__init__()
        width = settings.width
        self.settings = settings
        self.embed_z = nn.Linear(sub_goal, width)
        self.embed_state = nn.Linear(features, width)
        self.embed_action: nn.Module = (
            nn.Linear(action.size, width)
            if isinstance(action, Continuous)
            else ChoiceEmbedding(action.count, width)
        )
        self.embed_reward = nn.Linear(1, width)
        self.embed_timestep = table_of(settings.times, width, settings.table_deviation)
        self.embed_ln = nn.LayerNorm(width)
        self.dropout = Dropout(settings.embedding_dropout)
        self.stack = Stack(width, [_block(settings) for _ in range(settings.blocks)], "layer")
        self.head = head_of(width, action)

    def forward(self, z: Float[Tensor, "n c z"], steps: Known) -> Predictions:
        """Predicts all actions of whole chunks, as the head says them."""
        x = self._tokens(z, steps, _one_earlier(steps), begins=True)
        of_states = EVERY if self.settings.tokens == "joint" else slice(1, None, 4)
        predicted: Predictions = self.head(self.stack(x, None, of_states)[0])
        return predicted

    def begin(self, z: Float[Tensor, "n c z"], first: Known) -> tuple[Float[Tensor, "n p"], Ragged]:
        """Predicts the action at the last of the first steps of chunks; the state with it."""
        x = self._tokens(z, first, _one_earlier(first), begins=True)
        return self._decided(*begin(self.stack, x))

    def extend(
        self, z: Float[Tensor, "n 1 z"], step: Known, earlier: Known, before: Ragged
    ) -> tuple[Float[Tensor, "n p"], Ragged]:
        """Predicts the next action of chunks, given the step before it and the state."""
        return self._decided(
            *extend(self.stack, self._tokens(z, step, earlier, begins=False), before)
        )

    def _decided(self, mixed: Token, after: Ragged) -> tuple[Float[Tensor, "n p"], Ragged]:
        return self.head(mixed[:, None])[:, 0], after

    def _tokens(
        self, z: Float[Tensor, "n c z"], steps: Known, earlier: Known, *, begins: bool
    ) -> Tokens:
        """What each step adds: the action and reward of the one before it, then z and its state."""
        told = [self.embed_action(earlier.actions), self.embed_reward(earlier.rewards[..., None])]
        seen = [self.embed_z(z), self.embed_state(steps.states)]
        now = self.embed_timestep(steps.times)
        if self.settings.tokens == "joint":
            return self._finish(torch.stack([*told, *seen, now]).sum(dim=0))
        then = self.embed_timestep(earlier.times)
        timed = [part + then for part in told] + [part + now for part in seen]
        tokens = torch.stack(timed, dim=2).flatten(1, 2)  # n c 4 d -> n l d
        return self._finish(tokens[:, 2:] if begins else tokens)

    def _finish(self, tokens: Tokens) -> Tokens:
        finished: Tokens = self.dropout(self.embed_ln(tokens))
        return finished


def _one_earlier(steps: Known) -> Known:
    """The step before each step of whole chunks: nothing before the first."""
    nothing = NO_CHOICE if steps.actions.ndim == 2 else 0
    first = torch.full_like(steps.actions[:, :1], nothing)
    return Known(
        states=steps.states,  # which are not looked at
        actions=torch.cat([first, steps.actions[:, :-1]], dim=1),
        rewards=torch.cat([torch.zeros_like(steps.rewards[:, :1]), steps.rewards[:, :-1]], dim=1),
        times=torch.cat([steps.times[:, :1], steps.times[:, :-1]], dim=1),
    )


def _block(settings: Playing) -> Block:
    return Block(
        settings.width,
        settings.mixer,
        mixer_norm="layer",
        channel_mixing=True,
        activation=settings.activation,
        dropout=settings.dropout,
    )
