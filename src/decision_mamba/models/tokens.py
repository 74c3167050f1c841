"""A window of steps as one sequence of tokens: (R, s, a), (R, s, a), …"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from decision_mamba.batch import Batch
from decision_mamba.models.scaling import Scaling
from decision_mamba.ops.dropout import Dropout
from decision_mamba.shapes import Tokens
from decision_mamba.spaces import Spaces

_StepTokens = Float[Tensor, "b t d"]


class TokenEmbedding(nn.Module):
    """Embeds return-to-go, state and action of each step, in this order, and adds their time.

    The token of the state predicts the action, so the action's own token comes after it.

    Time embedding: a table of `timesteps` rows, as published; an episode that outlives the table
    keeps its last row, in training and when acting alike, where the published code clips in
    training and crashes when acting. Without a table (`timesteps=0`) no time is added.

    Weights have the reference's names, and torch's default initialisation as there.

    Source: Chen et al. 2021, arXiv:2106.01345, algorithm 1; tokens without actions, Ota 2024,
    arXiv:2403.19925, official code (`remove_act_embs`).
    """

    def __init__(
        self, width: int, spaces: Spaces, *, action_tokens: bool, timesteps: int, dropout: float
    ) -> None:
        super().__init__()
        self.embed_return = nn.Linear(1, width)
        self.embed_state = nn.Linear(spaces.observation.size, width)
        self.embed_action = nn.Linear(spaces.action.size, width) if action_tokens else None
        self.embed_timestep = nn.Embedding(timesteps, width) if timesteps else None
        self.embed_ln = nn.LayerNorm(width)
        self.dropout = Dropout(dropout)

    @property
    def per_step(self) -> int:
        """Tokens made of one step."""
        return 2 if self.embed_action is None else 3

    def window(self, batch: Batch, scaling: Scaling) -> Tokens:
        """All tokens of all steps: b t*per_step d."""
        parts = [self._returns(batch, scaling), self._states(batch, scaling)]
        if self.embed_action is not None:
            parts.append(self._actions(batch, scaling))
        tokens = self._timed(torch.stack(parts, dim=2), batch.timesteps[:, :, None])
        return self._finish(tokens.flatten(1, 2))  # b t k d -> b l d

    def step(self, present: Batch, previous: Batch | None, scaling: Scaling) -> Tokens:
        """The tokens that are known only at this step: the action before it, R and s.

        Args:
            present: the step to decide, t = 1; its action is not looked at.
            previous: the step before it, t = 1; None at the episode's first.
            scaling: the policy's.
        """
        parts = [self._returns(present, scaling), self._states(present, scaling)]
        timesteps = [present.timesteps, present.timesteps]
        if self.embed_action is not None and previous is not None:
            parts.insert(0, self._actions(previous, scaling))
            timesteps.insert(0, previous.timesteps)
        tokens = self._timed(torch.cat(parts, dim=1), torch.cat(timesteps, dim=1))
        # One by one, because for a norm of several rows torch wakes its threads. That costs more
        # than all else here, and a hundred times as much where the cores are busy.
        return torch.cat([self._finish(token) for token in torch.split(tokens, 1, dim=1)], dim=1)

    def known_at_last_step(self, length: int) -> int:
        """How many of a window's `length` tokens are known when its last step is decided."""
        return length - self.per_step + 2

    @property
    def of_states(self) -> slice:
        """Which of a window's tokens predict: each step's state."""
        return slice(1, None, self.per_step)

    def _returns(self, batch: Batch, scaling: Scaling) -> _StepTokens:
        embedded: _StepTokens = self.embed_return(scaling.returns(batch.returns_to_go)[:, :, None])
        return embedded

    def _states(self, batch: Batch, scaling: Scaling) -> _StepTokens:
        embedded: _StepTokens = self.embed_state(scaling.observations(batch.observations))
        return embedded

    def _actions(self, batch: Batch, scaling: Scaling) -> _StepTokens:
        assert self.embed_action is not None
        embedded: _StepTokens = self.embed_action(scaling.actions(batch.actions))
        return embedded

    def _timed(
        self, tokens: Float[Tensor, "*steps d"], timesteps: Int[Tensor, "*#steps"]
    ) -> Tensor:
        if self.embed_timestep is None:
            return tokens
        last = self.embed_timestep.num_embeddings - 1
        times: Tensor = self.embed_timestep(timesteps.clamp(max=last))
        return tokens + times

    def _finish(self, tokens: Tokens) -> Tokens:
        finished: Tokens = self.dropout(self.embed_ln(tokens))
        return finished
