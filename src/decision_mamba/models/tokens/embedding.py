"""What tokens are made of: embedded returns, states, actions, rewards, and where they stand."""

import dataclasses
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from decision_mamba.batch import Batch, Context, as_context
from decision_mamba.mixers import EVERY, State
from decision_mamba.models.encoders import NatureEncoder, in_groups
from decision_mamba.models.scaling import Scaling
from decision_mamba.models.tokens.choice_embedding import ChoiceEmbedding
from decision_mamba.models.tokens.layouts import Arrangement, Kind
from decision_mamba.models.tokens.positions import Positions, TokenPositions
from decision_mamba.ops.dropout import Dropout
from decision_mamba.shapes import Actions, Observations, Rewards, Tokens
from decision_mamba.spaces import ActionSpace, Continuous, ObservationSpace, Spaces, Vector

Bend = Literal["none", "tanh"]
Projection = Literal["linear", "two-layer"]


@dataclasses.dataclass(frozen=True)
class Embedding:
    """Settings of what tokens are made of.

    Attributes:
        size: of an embedded return, state or action, from which a linear map leads to the width of
            the tokens; 0 embeds at that width and needs no map.
        bend: what each embedding goes through before its time is added.
        positions: "step" adds a row of the table of times to all tokens of a step, "token" what
            `TokenPositions` says.
        timesteps: rows of the table of times; 0 for none.
        window: steps that have rows of their own where positions are those of tokens.
        norm: whether the embeddings go through a LayerNorm.
        dropout: of the embeddings.
        projection: the map to the width of the tokens; "two-layer" is there at any size.
        levels: observations are whole numbers below it, each with weights of its own at each
            place; 0 for numbers.
    """

    size: int = 0
    bend: Bend = "none"
    positions: Positions = "step"
    timesteps: int = 0
    window: int = 1
    norm: bool = True
    dropout: float = 0.0
    projection: Projection = "linear"
    levels: int = 0


class TokenEmbedding(nn.Module):
    """Embeds what a layout names of each step, and adds where it stands.

    Whatever the layout, the token that predicts a step's action knows its return, its state and
    the actions before it, and nothing that comes later.

    The action before an episode's first step is zero, the middle between its bounds; where actions
    are chosen, its embedding is zero, which is none of theirs. So is that of the action before a
    window, which knows nothing of what lies before it, in training and when acting alike; a window
    padded on the left has the padding's there while training, -10, as published. An
    action before a step has that step's time.

    A return that is told once is the one of the window's first step. In recurrent mode there is
    no window: an episode is one sequence, and the return is told at its first step and never
    again. DeMa's recurrent code tells it at every step, which such a policy has never seen.
    A window padded on the left is told the padding's return, which is 0, as published.

    Rewards before are those of a context, which hold no reward before the first step: 0 stands
    there. Places that were arrived at are embedded as states are.

    Time embedding: a table of `timesteps` rows, as published; an episode that outlives the table
    keeps its last row, in training and when acting alike, where the published code clips in
    training and crashes when acting. Without a table (`timesteps=0`) no time is added. Other
    positions than those of steps are `TokenPositions`.

    Weights have the reference's names, and torch's default initialisation as there; rows of
    actions that can be chosen, that of the Atari reference.

    Source: Chen et al. 2021, arXiv:2106.01345, algorithm 1; tokens without actions, Ota 2024,
    arXiv:2403.19925, official code (`remove_act_embs`); embeddings of another width than the
    tokens', Dai et al. 2024, arXiv:2405.12094, official Gym code (`ssm.py`).
    """

    def __init__(
        self,
        width: int,
        spaces: Spaces,
        arrangement: Arrangement,
        settings: Embedding = Embedding(),
    ) -> None:
        """Makes the weights.

        Args:
            width: of the tokens.
            spaces: what is embedded.
            arrangement: in which order.
            settings: how.
        """
        super().__init__()
        self.arrangement = arrangement
        self.bend = settings.bend
        size, timesteps = settings.size or width, settings.timesteps
        by_step = settings.positions == "step"
        self.embed_return = nn.Linear(1, size) if arrangement.has_returns else None
        self.embed_state = _of_observations(spaces.observation, size, settings.levels)
        self.embed_action = _of_actions(spaces.action, size) if arrangement.has_actions else None
        self.embed_reward = nn.Linear(1, size) if arrangement.has_rewards else None
        self.embed_begins = nn.Linear(1, size) if "begins" in arrangement.step else None
        self.embed_timestep = nn.Embedding(timesteps, size) if timesteps and by_step else None
        self.positions = (
            None if by_step else TokenPositions(arrangement, settings.window, timesteps, size)
        )
        self.embed_ln = nn.LayerNorm(size) if settings.norm else None
        self.dropout = Dropout(settings.dropout)
        self._entering = size * (len(arrangement.step) if arrangement.joined else 1)
        two = settings.projection == "two-layer"
        projects = settings.size or arrangement.joined or two
        self.project = _projection(self._entering, width, two=two) if projects else None

    @property
    def per_step(self) -> int:
        """Tokens made of one step."""
        return self.arrangement.per_step

    def window(
        self,
        batch: Batch,
        scaling: Scaling,
        before: Batch | None = None,
        past: State | None = None,
    ) -> Tokens:
        """All tokens of all steps, b l d.

        Args:
            batch: the steps; of images, what is `seen`.
            scaling: the policy's.
            before: the step before the first, t = 1, of which the action is read; None where it
                is not known, or where the episode begins.
            past: what the steps before left for these (`after`); None where sequences begin.
        """
        kinds = self.arrangement.step
        parts = [self._part(kind, batch, scaling, before=before) for kind in kinds]
        tokens = torch.stack(parts, dim=2)  # b t k d
        if self.positions is None:
            tokens = self._timed(tokens, batch.timesteps[:, :, None])
        else:
            tokens = tokens + self.positions.of_steps(batch.timesteps, past)
        tokens = tokens.flatten(1, 2)  # b l d
        if self.arrangement.opening and past is None:
            tokens = torch.cat([self._opening(batch.first(1), scaling), tokens], dim=1)
        return self._finish(tokens)

    def step(
        self,
        present: Batch,
        previous: Batch | None,
        scaling: Scaling,
        past: State | None = None,
    ) -> Tokens:
        """The tokens that are known only at this step, what it was entered by included.

        Args:
            present: the step to decide, t = 1; its action is not looked at. Of images, what is
                `seen`.
            previous: the step before it, t = 1; None at the episode's first.
            scaling: the policy's.
            past: what the steps before left for this one (`after`); None at the first.
        """
        step, behind = self.arrangement.step, self.arrangement.behind
        known = [(kind, present) for kind in step[: len(step) - behind]]
        if previous is None:
            known = [(kind, present) for kind in self.arrangement.opening] + known
        else:
            known = [(kind, previous) for kind in step[len(step) - behind :]] + known
        parts = [self._part(kind, of, scaling, before=previous) for kind, of in known]
        tokens = torch.cat(parts, dim=1)
        if self.positions is None:
            tokens = self._timed(tokens, torch.cat([of.timesteps for _, of in known], dim=1))
        else:
            tokens = tokens + self.positions.of_present(present.timesteps, past)
        if self.arrangement.joined:
            return self._finish(tokens)
        # One by one, because for a norm of several rows torch wakes its threads. That costs more
        # than all else here, and a hundred times as much where the cores are busy.
        return torch.cat([self._finish(token) for token in torch.split(tokens, 1, dim=1)], dim=1)

    def after(self, steps: Batch, past: State | None) -> State:
        """What the tokens behind these steps must be told of them and of those before."""
        return () if self.positions is None else self.positions.after(steps.timesteps, past)

    def seen(self, observations: Observations, scaling: Scaling) -> Float[Tensor, "b t _"]:
        """What states are embedded as, each on its own; of images, all that tokens take."""
        if not isinstance(self.embed_state, NatureEncoder):
            return self._bent(self.embed_state(scaling.observations(observations)))
        groups = in_groups(observations)
        rows = torch.cat([self.embed_state(scaling.observations(group)) for group in groups])
        return self._bent(rows.view(*observations.shape[:2], -1))

    def known_at_last_step(self, length: int) -> int:
        """How many of a window's `length` tokens are known when its last step is decided."""
        return length - self.arrangement.behind

    def of_states(self, length: int, steps: int) -> slice:
        """Which of the `length` tokens of a window predict: each step's state."""
        first = length - (steps - 1) * self.per_step - 1 - self.arrangement.behind
        return EVERY if length == steps else slice(first, None, self.per_step)

    def _opening(self, first: Batch, scaling: Scaling) -> Float[Tensor, "b _ d"]:
        parts = [self._part(kind, first, scaling) for kind in self.arrangement.opening]
        tokens = torch.cat(parts, dim=1)
        if self.positions is None:
            return self._timed(tokens, first.timesteps)
        return tokens + self.positions.of_opening(first.timesteps)

    def _part(
        self, kind: Kind, batch: Batch, scaling: Scaling, *, before: Batch | None = None
    ) -> Float[Tensor, "b t _"]:
        match kind:
            case "return":
                assert self.embed_return is not None
                return self._bent(
                    self.embed_return(scaling.returns(batch.returns_to_go)[..., None])
                )
            case "state":
                is_seen = isinstance(self.embed_state, NatureEncoder)
                return batch.observations if is_seen else self.seen(batch.observations, scaling)
            case "arrived":
                return self.seen(as_context(batch).arrived, scaling)
            case "reward" | "reward before":
                assert self.embed_reward is not None
                known = as_context(batch)
                rewards = known.rewards if kind == "reward" else _rewards_before(known, before)
                return self._bent(self.embed_reward(scaling.rewards(rewards)[..., None]))
            case "begins":
                assert self.embed_begins is not None
                begins = (batch.timesteps == 0).to(batch.returns_to_go.dtype)
                return self._bent(self.embed_begins(begins[..., None]))
            case _:
                assert self.embed_action is not None
                actions = batch.actions if kind == "action" else _before(batch, before, scaling)
                return self._bent(self.embed_action(scaling.actions(actions)))

    def _bent(self, part: Float[Tensor, "b t _"]) -> Float[Tensor, "b t _"]:
        return part.tanh() if self.bend == "tanh" else part

    def _timed(
        self, tokens: Float[Tensor, "*steps d"], timesteps: Int[Tensor, "*#steps"]
    ) -> Tensor:
        if self.embed_timestep is None:
            return tokens
        last = self.embed_timestep.num_embeddings - 1
        times: Tensor = self.embed_timestep(timesteps.clamp(max=last))
        return tokens + times

    def _finish(self, parts: Float[Tensor, "b _ _"]) -> Tokens:
        """Norm and dropout, then the model's width, for each part or for those of a step joined."""
        tokens: Tensor = self.dropout(parts if self.embed_ln is None else self.embed_ln(parts))
        if self.project is None:
            return tokens
        projected: Tokens = self.project(tokens.reshape(len(tokens), -1, self._entering))
        return projected


def _of_observations(
    observation: ObservationSpace, size: int, levels: int
) -> nn.Linear | NatureEncoder:
    if isinstance(observation, Vector):
        return nn.Linear(observation.size * max(levels, 1), size)
    return NatureEncoder(observation, size)


def _of_actions(action: ActionSpace, size: int) -> nn.Linear | ChoiceEmbedding:
    if isinstance(action, Continuous):
        return nn.Linear(action.size, size)
    return ChoiceEmbedding(action.count, size)


def _projection(entering: int, width: int, *, two: bool) -> nn.Linear | nn.Sequential:
    first = nn.Linear(entering, width)
    if two:  # as DeMa's authors carry Decision S4 over (official Atari code)
        return nn.Sequential(first, nn.GELU(), nn.Linear(width, width))
    nn.init.zeros_(first.bias)  # mamba_ssm's `_init_weights`, applied to it by DeMa
    return first


def _before(batch: Batch, before: Batch | None, scaling: Scaling) -> Actions:
    """What was done before each step."""
    first = scaling.no_actions(batch.actions) if before is None else before.actions[:, -1:]
    return torch.cat([first, batch.actions[:, :-1]], dim=1)


def _rewards_before(steps: Context, before: Batch | None) -> Rewards:
    """What was earned one step before each."""
    unknown = torch.zeros_like(steps.rewards[:, :1])
    first = unknown if before is None else as_context(before).rewards[:, -1:]
    return torch.cat([first, steps.rewards[:, :-1]], dim=1)
