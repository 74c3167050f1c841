"""The places worth going to next, by which the hybrid's sub-goals are supervised.

Source: Huang et al. 2024, arXiv:2406.00079, section 4.3 (the value of a sub-goal); official code,
`desired_states` and the choice of goals in `get_batch`.
"""

from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from decision_mamba.data.context_places import Places
from decision_mamba.data.returns import alike, returns_to_go
from decision_mamba.data.store import Store

Rule = Literal["value", "published"]


class ValuableGoals:
    """Names, for every step of rows of episodes, the place that is worth going to next.

    Args:
        rule: "value" is the paper's: where the most is earned per step, later in the same episode.
            "published" is the official code's: it looks at the episode before in the row first,
            meant to be the worse one, and where that had earned more by the end of one of its
            chunks takes the place where its next chunk begins; else as "value", of a running
            average that is at least 0 and up to the last step.
        every: steps for which a sub-goal is held, the chunks.
    """

    def __init__(self, store: Store, every: int, rule: Rule) -> None:
        self._offsets = store.offsets
        self._every = every
        self._reached = best_reached(store.rewards, store.offsets, every, rule=rule)
        self._earned = earned(store.rewards, store.offsets) if rule == "published" else None

    def __call__(
        self, rows: Int[ndarray, "b n"], places: Places
    ) -> tuple[Int[ndarray, "b t"], Int[ndarray, "b t"]]:
        """The episode and the time in it of each step's sub-goal.

        Args:
            rows: the episodes of each row.
            places: of their steps.
        """
        own = places.episodes, self._reached[places.steps]
        if self._earned is None or rows.shape[1] == 1:
            return own
        times, found = self._from_episodes_before(rows, self._earned)
        chunk = (places.steps - self._offsets[places.episodes]) // self._every
        at = np.arange(len(rows))[:, None], places.slots, chunk
        before = np.take_along_axis(rows, np.maximum(places.slots - 1, 0), axis=1)
        return np.where(found[at], before, own[0]), np.where(found[at], times[at], own[1])

    def _from_episodes_before(
        self, rows: Int[ndarray, "b n"], earned: Float[ndarray, " steps"]
    ) -> tuple[Int[ndarray, "b n chunks"], Bool[ndarray, "b n chunks"]]:
        """Times in the episode before each, and whether there is one, which the first has not."""
        lengths = self._offsets[rows + 1] - self._offsets[rows]
        counts = -(-lengths // self._every)
        chunks = np.arange(counts.max())
        ends = np.minimum((chunks + 1) * self._every, lengths[..., None])
        sums = earned[self._offsets[rows][..., None] + ends - 1]
        times = np.zeros(sums.shape, np.int64)
        found = np.zeros(sums.shape, bool)
        others, found[:, 1:] = overtaken(sums[:, 1:], sums[:, :-1])
        times[:, 1:] = np.minimum(others + 1, counts[:, :-1, None] - 1) * self._every
        return times, found


def best_reached(
    rewards: Float[ndarray, " steps"],
    offsets: Int[ndarray, " boundaries"],
    every: int,
    *,
    rule: Rule,
) -> Int[ndarray, " steps"]:
    """When each step's episode stands where the most was earned per step on the way.

        value(i → j) = (r_i + ... + r_{j-1}) / (j - i)

    The greatest is taken over all j after i, the first of equals; it is looked for at an episode's
    first step and again every few steps, and held in between.

    Our deviation from the paper, whose sum is r_{i+1} + ... + r_j: reward r_t is earned by the
    action of step t, so those are the rewards on the way to j. The official code sums as this does.

    Args:
        rewards: of all episodes, one episode behind the other.
        offsets: where each episode begins, and where the last one ends.
        every: steps for which a goal is held.
        rule: "value" as above, where j may be the place after the last step. "published" stops at
            the last step, and where nothing is worth more than 0 takes the next place, as the
            official code does.

    Returns:
        For each step the time j, counted from its episode's beginning.
    """
    lengths = np.diff(offsets)
    ages = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
    firsts = np.flatnonzero(ages % every == 0)
    ends = np.repeat(offsets[1:], lengths)[firsts]
    reached = np.empty(len(firsts), np.int64)
    for some in alike(ends - firsts):
        reached[some] = _best(rewards, firsts[some], ends[some], rule)
    held = np.diff(np.append(firsts, offsets[-1]))
    times: Int[ndarray, " steps"] = np.repeat(ages[firsts] + reached, held)
    return times


def _best(
    rewards: Float[ndarray, " steps"],
    firsts: Int[ndarray, " some"],
    ends: Int[ndarray, " some"],
    rule: Rule,
) -> Int[ndarray, " some"]:
    """How many steps after each of these the best place lies."""
    ahead = np.arange(int((ends - firsts).max()))
    rows = firsts[:, None] + ahead
    real = rows < ends[:, None]
    earned = np.cumsum(rewards[np.minimum(rows, ends[:, None] - 1)], axis=1, dtype=np.float64)
    means = np.where(real, earned / (ahead + 1), -np.inf)
    best: Int[ndarray, " some"] = means.argmax(axis=1)
    if rule == "value":
        return best + 1
    best = np.where(means.max(axis=1) > 0, best, 0)
    within: Int[ndarray, " some"] = np.minimum(best + 1, ends - firsts - 1)
    return within


def earned(
    rewards: Float[ndarray, " steps"], offsets: Int[ndarray, " boundaries"]
) -> Float[ndarray, " steps"]:
    """What each step's episode had earned with and up to it: returns-to-go of time reversed."""
    backwards: Int[ndarray, " boundaries"] = offsets[-1] - offsets[::-1]
    return returns_to_go(rewards[::-1], backwards)[::-1]


def overtaken(
    earned: Float[ndarray, "*episodes chunks"], before: Float[ndarray, "*episodes chunks"]
) -> tuple[Int[ndarray, "*episodes chunks"], Bool[ndarray, "*episodes chunks"]]:
    """Where the episode before had earned more than the present one.

    Chunk by chunk of the present episode, the first of the other's at whose end more had been
    earned than at the end of this one, never one before that of an earlier chunk.

    Args:
        earned: at the end of each chunk; behind the last one it stays the same.
        before: the same of the episode before.

    Returns:
        The other's chunk, and whether there was one.

    Source: official code, `ri_tmp`, whose search goes on where the last one ended.
    """
    most = torch.from_numpy(np.maximum.accumulate(before, axis=-1))
    more = torch.searchsorted(most, torch.from_numpy(earned.copy()), right=True).numpy()
    found = more < before.shape[-1]
    # What an earlier search found is above the present chunk too where this one has earned less,
    # so a search that goes on from there finds the later of the two.
    furthest = np.maximum.accumulate(np.where(found, more, 0), axis=-1)
    return np.where(found, furthest, 0), found
