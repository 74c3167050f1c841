"""What training and acting hand to a policy: windows or rows of episodes, in raw units."""

import dataclasses
from collections.abc import Callable
from typing import TypeVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from decision_mamba.errors import BadInput
from decision_mamba.shapes import (
    Actions,
    Decided,
    Mask,
    Observations,
    Returns,
    Rewards,
    SubGoals,
    Timesteps,
    Weights,
)

# Not typing.Self, which the check of shapes cannot read outside classes that it decorates.
Kind = TypeVar("Kind", bound="Batch")


@dataclasses.dataclass(frozen=True)
class Batch:
    """b windows of t steps.

    Attributes:
        observations: what was seen at each step.
        actions: what was done there: numbers, or which of several actions, counted from 0; when
            acting, zeros at the step to be decided.
        returns_to_go: what was, or shall be, earned from this step on, its own reward included.
        timesteps: how old the episode was.
        mask: which steps are real.
    """

    observations: Observations
    actions: Actions
    returns_to_go: Returns
    timesteps: Timesteps
    mask: Mask

    def to(self: Kind, device: torch.device) -> Kind:
        """The same windows on another device."""
        return self._each(lambda part: part.to(device))

    def rows(self: Kind, chosen: Bool[Tensor, " b"]) -> Kind:
        """The windows where `chosen` is True."""
        return self._each(lambda part: part[chosen])

    def first(self: Kind, steps: int) -> Kind:
        """The first steps of each window."""
        return self._each(lambda part: part[:, :steps])

    def last(self: Kind, steps: int) -> Kind:
        """The last steps of each window."""
        return self._each(lambda part: part[:, -steps:])

    def chunks(self: Kind, steps: int) -> list[Kind]:
        """These windows cut into pieces of so many steps; the last has what is left."""
        pieces = (torch.split(part, steps, dim=1) for part in self._parts())
        return [type(self)(*piece) for piece in zip(*pieces, strict=True)]

    def then(self: Kind, later: Kind) -> Kind:
        """These windows followed by the steps of `later`."""
        pairs = zip(self._parts(), later._parts(), strict=True)
        return type(self)(*(torch.cat(pair, dim=1) for pair in pairs))

    def alone(self: Kind) -> Kind:
        """These windows as if nothing had come before them."""
        return self

    def acted(self: Kind, actions: Decided) -> Kind:
        """These windows with `actions` as what was done at the last step."""
        decided = torch.cat([self.actions[:, :-1], actions[:, None]], dim=1)
        return dataclasses.replace(self, actions=decided)

    def _each(self: Kind, change: Callable[[Tensor], Tensor]) -> Kind:
        return type(self)(*(change(part) for part in self._parts()))

    def _parts(self) -> tuple[Tensor, ...]:
        return tuple(getattr(self, field.name) for field in dataclasses.fields(self))


@dataclasses.dataclass(frozen=True)
class Context(Batch):
    """b rows of several episodes one behind the other, each row of one hidden task.

    `timesteps` is 0 where an episode begins and `returns_to_go` may be relabelled. `mask` is False
    on padding only, which lies behind the end of a row and repeats what it showed last.

    Attributes:
        rewards: what each step's own action earned; 0 where that is not known yet.
        arrived: where the reward before each step was earned: what is observed there, but at the
            first step of an episode that follows another what that one showed at its end.
        labels: the actions that shall be predicted: what was done, or what a policy that knows
            the task would do.
        weights: share of each step in the loss, relative to the others; 0 where nothing is
            learned.
        goals: the valuable sub-goal in force at each step; of no numbers where nobody asks.
    """

    rewards: Rewards
    arrived: Observations
    labels: Actions
    weights: Weights
    goals: SubGoals

    def alone(self) -> "Context":
        """These rows as if nothing had come before: whoever begins has arrived where it is."""
        here = torch.cat([self.observations[:, :1], self.arrived[:, 1:]], dim=1)
        return dataclasses.replace(self, arrived=here)

    def earned(self, rewards: Float[Tensor, " b"]) -> "Context":
        """These rows with `rewards` as what the last step's action earned."""
        known = torch.cat([self.rewards[:, :-1], rewards[:, None]], dim=1)
        return dataclasses.replace(self, rewards=known)


def as_context(steps: Batch) -> Context:
    """The same steps, which must be of a context.

    Raises:
        BadInput: they are of a window, in which no rewards are told.
    """
    if isinstance(steps, Context):
        return steps
    raise BadInput(
        "this policy reads what was earned, and was given windows without rewards; give it contexts"
    )
