"""What is still to be earned at every step, and which episodes are learned from."""

import dataclasses
from collections.abc import Iterator
from typing import Literal

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from decision_mamba.errors import BadInput

_BLOCK = 2**20  # numbers in memory at once while returns-to-go are summed


@dataclasses.dataclass(frozen=True)
class Curation:
    """Which of the episodes are learned from, and how their rewards are told.

    Attributes:
        best_share: the share of all steps, in (0, 1], filled with the episodes of highest return.
        rewards: "dense" as recorded; "delayed" pays all of an episode's reward at its last step;
            "clipped" cuts each to -1 to 1, as the DQN-replay data already are and as DQN learns
            games whose points are of any size. Which episodes are best is told by what was paid.
    """

    best_share: float = 1.0
    rewards: Literal["dense", "delayed", "clipped"] = "dense"


def returns_to_go(
    rewards: Float[ndarray, " steps"], offsets: Int[ndarray, " boundaries"]
) -> Float[ndarray, " steps"]:
    """Sums the rewards from each step to its episode's end, undiscounted:

        R_t = r_t + r_{t+1} + ... + r_{T-1}

    Episodes of like length are summed together as the rows of a matrix, last step first, so every
    episode starts its own sum and no rounding leaks from one into the next.

    Args:
        rewards: of all episodes, one episode behind the other.
        offsets: where each episode begins, and where the last one ends.

    Source: Chen et al., arXiv:2106.01345, official code `discount_cumsum` with γ = 1. It sums in
    float32, this in float64.
    """
    result = np.empty(len(rewards), np.float32)
    for episodes in alike(np.diff(offsets)):
        ends = offsets[episodes + 1, None]
        longest = int(np.max(ends - offsets[episodes, None]))
        rows = ends - 1 - np.arange(longest)  # episodes, steps from the end
        real = rows >= offsets[episodes, None]
        summed = np.cumsum(np.where(real, rewards[rows], 0.0), axis=1, dtype=np.float64)
        result[rows[real]] = summed[real]
    return result


def as_told(
    curation: Curation, rewards: Float[ndarray, " steps"], offsets: Int[ndarray, " boundaries"]
) -> Float[ndarray, " steps"]:
    """The rewards as they are learned from.

    Source of "clipped": Mnih et al. 2015, "Human-level control through deep reinforcement
    learning", Methods; Dopamine's agents clip what they store (Agarwal et al., arXiv:1907.04543).
    """
    match curation.rewards:
        case "delayed":
            return delayed(rewards, offsets)
        case "clipped":
            clipped: ndarray = np.clip(rewards, -1, 1)
            return clipped
        case "dense":
            return rewards


def delayed(
    rewards: Float[ndarray, " steps"], offsets: Int[ndarray, " boundaries"]
) -> Float[ndarray, " steps"]:
    """Moves all of an episode's reward to its last step.

    Raises:
        BadInput: it lies there already, in every episode.

    Source: Chen et al., arXiv:2106.01345, section 5.3; official code, mode "delayed".
    """
    _refuse_what_is_delayed(rewards, offsets)
    result = np.zeros(len(rewards), np.float32)
    result[offsets[1:] - 1] = np.add.reduceat(rewards, offsets[:-1], dtype=np.float64)
    return result


def _refuse_what_is_delayed(
    rewards: Float[ndarray, " steps"], offsets: Int[ndarray, " boundaries"]
) -> None:
    has_earlier_steps = np.diff(offsets).max() > 1
    if has_earlier_steps and np.count_nonzero(rewards) == np.count_nonzero(
        rewards[offsets[1:] - 1]
    ):
        raise BadInput(
            "rewards shall be delayed, but these data pay at the last step of an episode only, as "
            "if they were already; leave --curation.rewards at dense"
        )


def best_episodes(
    returns: Float[ndarray, " episodes"], lengths: Int[ndarray, " episodes"], share: float
) -> Int[ndarray, " chosen"]:
    """The episodes of highest return whose steps fit into a share of all steps, at least one.

    Returns:
        Their indices, by ascending return.

    Raises:
        BadInput: the share is not in (0, 1].

    Source: Chen et al., arXiv:2106.01345, official code, `pct_traj`: it stops at the first
    episode that does not fit, even if a shorter one with a lower return would.
    """
    if not 0 < share <= 1:
        raise BadInput(f"best share is {share}; expected more than 0 and at most 1")
    order = np.argsort(returns, kind="stable")
    budget = max(int(share * lengths.sum()), 1)
    taken = np.cumsum(lengths[order[::-1]])
    count = max(int(np.searchsorted(taken, budget, side="right")), 1)
    return order[-count:]


def alike(lengths: Int[ndarray, " episodes"]) -> Iterator[Int[ndarray, " some"]]:
    """Indices of episodes of similar length, in blocks that fit into memory as a matrix."""
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        count = max(_BLOCK // int(lengths[order[start]]), 1)
        yield order[start : start + count]
        start += count
