"""One decision of rows that may each be in an episode, and a chunk, of their own."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from decision_mamba.models.hybrid.actor import Actor, Known
from decision_mamba.models.hybrid.memory import ENDED, GOES_ON, NOTHING, LongMemory, Summaries
from decision_mamba.models.hybrid.past import Past
from decision_mamba.models.hybrid.ragged import Ragged, laid, together
from decision_mamba.models.hybrid.sub_goal import SubGoal


class Moment(NamedTuple):
    """The step that b rows are at.

    Attributes:
        known: as the actor is told of it, c = 1.
        returns: to go, scaled.
        rewards: what it earned, as the memory is told of it.
        age: of the episode.
    """

    known: Known
    returns: Float[Tensor, "b 1"]
    rewards: Float[Tensor, " b"]
    age: Int[Tensor, " b"]


@dataclasses.dataclass(frozen=True)
class Play:
    """Memory and actor at play, by turns.

    Attributes:
        memory: sets the sub-goals.
        actor: plays towards them.
        chunk: steps to each.
        settle: what becomes of a sub-goal when it is set.
        aim: z at each of so many steps, by the sub-goal in force.
    """

    memory: LongMemory
    actor: Actor
    chunk: int
    settle: Callable[[SubGoal], SubGoal]
    aim: Callable[[SubGoal, int], Float[Tensor, "n c z"]]

    def first(self, now: Moment) -> tuple[Float[Tensor, "b p"], Past]:
        """Decides the first step of rows."""
        nothing = torch.zeros_like(now.returns)
        ends = torch.full_like(now.age, NOTHING)[:, None]
        goal, memory = self.memory.begin(Summaries(now.returns, now.known.states, nothing, ends))
        goal = self.settle(goal)
        decided, actor = self.actor.begin(self.aim(goal, 1), now.known)
        return decided, Past(nothing[:, 0], goal, memory, actor)

    def next(self, now: Moment, earlier: Moment, past: Past) -> tuple[Float[Tensor, "b p"], Past]:
        """Decides the step after `earlier`.

        A chunk that begins ends the one before, whose reward and end are told to the memory.
        """
        opens = now.age % self.chunk == 0
        past = dataclasses.replace(past, earned=past.earned + earlier.rewards)
        if bool(opens.any()):
            past = self._set_out(now, past, opens)
        places, played = self._acted(now, earlier, past, opens)
        decided = laid(places, [numbers for numbers, _ in played])
        actor = together(places, [after for _, after in played])
        return decided, dataclasses.replace(past, actor=actor)

    def _set_out(self, now: Moment, past: Past, opens: Bool[Tensor, " b"]) -> Past:
        ends = torch.where(now.age == 0, ENDED, GOES_ON)[:, None]
        told = (now.returns, now.known.states, past.earned[:, None], ends)
        summaries = Summaries(*(part[opens] for part in told))
        goal, after = self.memory.extend(summaries, past.memory.rows(opens))
        kept = ~opens
        places = [opens, kept] if bool(kept.any()) else [opens]
        goals, memories = [self.settle(goal)], [after]
        if len(places) > 1:
            goals.append(past.sub_goal.rows(kept))
            memories.append(past.memory.rows(kept))
        mean, deviation = (laid(places, parts) for parts in zip(*goals, strict=True))
        earned = past.earned.masked_fill(opens, 0.0)
        return Past(earned, SubGoal(mean, deviation), together(places, memories), past.actor)

    def _acted(
        self, now: Moment, earlier: Moment, past: Past, opens: Bool[Tensor, " b"]
    ) -> tuple[list[Bool[Tensor, " b"]], list[tuple[Float[Tensor, "_ p"], Ragged]]]:
        """What is predicted and remembered where chunks begin, and where they go on."""
        z = self.aim(past.sub_goal, 1)
        goes_on = ~opens
        played = []
        if bool(opens.any()):
            played.append(self.actor.begin(z[opens], now.known.rows(opens)))
        if bool(goes_on.any()):
            told = now.known.rows(goes_on), earlier.known.rows(goes_on)
            played.append(self.actor.extend(z[goes_on], *told, past.actor.rows(goes_on)))
        return [place for place in (opens, goes_on) if bool(place.any())], played
