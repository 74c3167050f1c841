"""What the episodes of a context are said to have earned."""

from typing import Literal

import numpy as np
from jaxtyping import Float
from numpy import ndarray

Told = Literal["own", "best", "last", "target"]


def relabelled(
    returns: Float[ndarray, "b n"], told: Told, target: float = 0.0
) -> Float[ndarray, "b n"]:
    """The return that each episode of a context is said to have had.

    Within an episode the returns-to-go are all shifted alike, so that they still fall by what was
    earned. After the last step something is then left, or less than nothing.

    Args:
        returns: that they had, one row per context.
        told: "own" is that return; "best" the greatest of the context; "last" that of its last
            episode; "target" the same everywhere and always.
        target: for the last of these, in reward units.

    Source: "best", Liu and Abbeel 2023, arXiv:2305.16554 (Agentic Transformer); "last", Huang et
    al. 2024, arXiv:2406.00079, official code, `relabel_rtg`.
    """
    if told == "own":
        return returns
    if told == "target":
        return np.full_like(returns, target)
    wanted = returns.max(axis=1, keepdims=True) if told == "best" else returns[:, -1:]
    return np.broadcast_to(wanted, returns.shape)
