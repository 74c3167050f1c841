"""Batches of contexts: several episodes of one hidden task as one long row."""

import dataclasses
import math
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy import ndarray

from decision_mamba.batch import Context
from decision_mamba.data.context_draws import (
    Chosen,
    EpisodeDraws,
    HistoryDraws,
    Order,
    OutcomeDraws,
    ordered,
)
from decision_mamba.data.context_places import Places, arrived, seen
from decision_mamba.data.context_weights import step_weights
from decision_mamba.data.histories import Histories
from decision_mamba.data.relabelling import Told, relabelled
from decision_mamba.data.returns import returns_to_go
from decision_mamba.data.store import Store
from decision_mamba.data.sub_goals import Rule, ValuableGoals
from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Contexting:
    """How contexts are made of episodes; the defaults are Algorithm Distillation's.

    Sources: AD, Laskin et al. 2022, arXiv:2210.14215; AT, Liu and Abbeel 2023, arXiv:2305.16554;
    DPT, Lee et al. 2023, arXiv:2306.14892; DM-H, Huang et al. 2024, arXiv:2406.00079.

    Attributes:
        episodes: in a context. AD says a few and its public re-implementation (ad-eps) takes 4,
            as DM-H does on D4RL and in Key-to-Door; 10 elsewhere.
        chosen: which episodes of a history. "consecutive" ones, as AD; "evenly" spaced ones, as AD
            where a history is a single stream; "anywhere" is any set of them.
        stride: how many episodes on the next one lies where they are spaced evenly. AD: 10.
        beginnings: share of the contexts that know only a beginning of their history, of any
            length, where episodes are chosen anywhere. Where all contexts end in success, what is
            repeated is always what is rewarded, and a policy that has found nothing repeats itself
            instead of exploring (docs/decisions/0012).
        order: "time" as they were played (AD); "return" ascending (AT, DM-H); "shuffled" (DPT).
        returns: the return-to-go of each episode. "own" is its own; "best" begins with the greatest
            of the context (AT), "last" with that of the last episode (DM-H, official code).
            "target" begins with `target`, because a context's greatest return tells how far off the
            goal is.
        target: that return, in reward units; for Darkroom DM-H aims at 20.
        labels: what is predicted: what was "done" (AD), or what would have been "optimal" (DPT).
        learned: "all" episodes (AD), or the "last" of a context only (AT; DM-H, official code),
            which is also its best where they are ordered by return, and shows no exploring.
        goals: DM-H's valuable sub-goals: "none"; by the paper's "value", the average reward on the
            way to a place; or as "published" in its code (`ValuableGoals`).
        every: steps for which a sub-goal is held, DM-H's c. 20 on D4RL and large grids, 5 else.
        balanced: whether each outcome, a task and a return, comes equally often; with rows of one
            episode. A deterministic T-maze has four, two of which differ in one step in thousands.
        success: share of the loss that rows which earned more than 0 have together; None for what
            falls to them.
        last_step: share of a row's loss that its last decided step has, the rest being spread over
            all; 0 for what falls to it.
    """

    episodes: int = 4
    chosen: Chosen = "consecutive"
    stride: int = 10
    beginnings: float = 0.0
    order: Order = "time"
    returns: Told = "own"
    target: float = 20.0
    labels: Literal["done", "optimal"] = "done"
    learned: Literal["all", "last"] = "all"
    goals: Literal["none"] | Rule = "none"
    every: int = 20
    balanced: bool = False
    success: float | None = None
    last_step: float = 0.0

    def __post_init__(self) -> None:
        for name in ("episodes", "stride", "every"):
            if getattr(self, name) < 1:
                raise BadInput(f"{name} of a context is {getattr(self, name)}; give at least 1")
        for name in ("beginnings", "success", "last_step"):
            if not 0 <= (getattr(self, name) or 0) <= 1:
                raise BadInput(f"{name} is a share and is {getattr(self, name)}; give 0 to 1")
        if not math.isfinite(self.target):
            raise BadInput(f"target of a context is {self.target}; give a finite return")
        _refuse_what_does_not_go_together(self)


def _refuse_what_does_not_go_together(settings: Contexting) -> None:
    if settings.beginnings and settings.chosen != "anywhere":
        raise BadInput(
            f"beginnings of histories are for episodes chosen anywhere, and these are chosen "
            f"{settings.chosen}; set beginnings to 0, or choose anywhere"
        )
    if settings.beginnings and settings.balanced:
        raise BadInput(
            "balanced episodes are drawn by their outcome, not by their place in a history; "
            "set beginnings to 0, or balanced to False"
        )
    if settings.balanced and settings.episodes > 1:
        raise BadInput(
            f"contexts of {settings.episodes} episodes have no outcome to balance by; set episodes "
            "to 1"
        )


class Contexts:
    """Contexts of the episodes of a store, for training.

    A row is padded at the end to the longest of its batch.

    Args:
        store: the episodes.
        histories: which of them belong together, from the same file. None where nothing is known:
            they are all one history then, of which episodes chosen anywhere are drawn with a
            chance proportional to their length, as DM-H's official code does.
        contexting: how contexts are made.

    Attributes:
        longest: steps that no row can exceed.

    Raises:
        BadInput: what is asked for cannot be made of these episodes.
    """

    def __init__(
        self, store: Store, histories: Histories | None, contexting: Contexting = Contexting()
    ) -> None:
        _require_fit(store, histories, contexting)
        self.contexting = contexting
        self.longest = contexting.episodes * int(store.lengths.max())
        self._store = store
        self._draws = _draws(store, histories, contexting)
        self._returns_to_go = returns_to_go(store.rewards, store.offsets)
        self._labels = store.actions
        if histories is not None and contexting.labels == "optimal":
            self._labels = histories.optimal_actions
        self._goals = (
            None
            if contexting.goals == "none"
            else ValuableGoals(store, contexting.every, contexting.goals)
        )

    def draw(self, batch_size: int, generator: np.random.Generator) -> Context:
        """Draws contexts as `draw_episodes` says."""
        return self.gather(self.draw_episodes(batch_size, generator))

    def draw_episodes(self, batch_size: int, generator: np.random.Generator) -> Int[ndarray, "b n"]:
        """Draws the episodes of each row, in the order in which the row tells them."""
        rows = self._draws(batch_size, generator)
        return ordered(rows, self.contexting.order, self._store.returns, generator)

    def gather(self, rows: Int[ndarray, "b n"]) -> Context:
        """The contexts of these episodes, each row in the given order."""
        store, taken_up = self._store, self.contexting
        places = Places.of(rows, store.offsets)
        actions = store.actions.take(places.steps, axis=0)
        labels = self._labels.take(places.steps, axis=0).astype(actions.dtype, copy=False)
        actions[~places.real] = labels[~places.real] = 0
        rewards = np.where(places.real, store.rewards.take(places.steps), np.float32(0))
        learned = places.real & ((places.slots == rows.shape[1] - 1) | (taken_up.learned == "all"))
        weights = step_weights(
            learned, rewards.sum(axis=1) > 0, last_step=taken_up.last_step, success=taken_up.success
        )
        observations = store.observations.take(places.steps, axis=0)
        return Context(
            observations=torch.from_numpy(observations),
            actions=torch.from_numpy(actions),
            returns_to_go=torch.from_numpy(self._told(rows, places)),
            timesteps=torch.from_numpy(places.times),
            mask=torch.from_numpy(places.real),
            rewards=torch.from_numpy(rewards),
            arrived=torch.from_numpy(arrived(store, rows, places, observations)),
            labels=torch.from_numpy(labels),
            weights=torch.from_numpy(weights),
            goals=torch.from_numpy(self._sought(rows, places)),
        )

    def _told(self, rows: Int[ndarray, "b n"], places: Places) -> Float[ndarray, "b t"]:
        own = self._returns_to_go[self._store.offsets[rows]]
        shifts = relabelled(own, self.contexting.returns, self.contexting.target) - own
        left = self._returns_to_go.take(places.steps)
        told: Float[ndarray, "b t"] = left + np.take_along_axis(shifts, places.slots, axis=1)
        return told

    def _sought(self, rows: Int[ndarray, "b n"], places: Places) -> Float[ndarray, "b t o"]:
        if self._goals is None:
            return np.zeros((*places.steps.shape, 0), np.float32)
        return seen(self._store, *self._goals(rows, places))


def _draws(
    store: Store, histories: Histories | None, contexting: Contexting
) -> HistoryDraws | EpisodeDraws | OutcomeDraws:
    offsets = np.array([0, store.episodes]) if histories is None else histories.offsets
    if contexting.balanced:
        tasks = np.zeros(1, np.int64) if histories is None else histories.instances
        return OutcomeDraws(np.repeat(tasks, np.diff(offsets)), store.returns)
    if histories is None and contexting.chosen == "anywhere":
        return EpisodeDraws(store.lengths, contexting.episodes)
    return HistoryDraws(
        offsets,
        contexting.episodes,
        contexting.chosen,
        stride=contexting.stride,
        beginnings=contexting.beginnings,
    )


def _require_fit(store: Store, histories: Histories | None, contexting: Contexting) -> None:
    if store.observations.ndim > 2:
        raise BadInput(
            "contexts hold observations of numbers; these are frames: learn from windows"
        )
    if histories is not None and histories.offsets[-1] != store.episodes:
        raise BadInput(
            f"these histories are of {histories.offsets[-1]} episodes and the data of "
            f"{store.episodes}; give the whole file, without a part behind @, and no other data"
        )
    if contexting.labels == "optimal" and histories is None:
        raise BadInput(
            "optimal actions are to be predicted, which these data do not hold; give a file that "
            "decision-mamba collect wrote, or predict what was done"
        )
    if contexting.beginnings and histories is None:
        raise BadInput(
            "contexts shall know beginnings of histories, and these data are episodes of none; "
            "give a file that decision-mamba collect wrote, or set beginnings to 0"
        )
    longest = int(store.lengths.max())
    if contexting.goals != "none" and contexting.every > longest:
        raise BadInput(
            f"sub-goals are held for {contexting.every} steps, longer than every episode (the "
            f"longest of {store.episodes} has {longest}); hold them for fewer"
        )
