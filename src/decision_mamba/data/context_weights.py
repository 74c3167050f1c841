"""How much each step of a batch of contexts counts in the loss."""

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray


def step_weights(
    learned: Bool[ndarray, "b t"],
    rewarded: Bool[ndarray, " b"],
    *,
    last_step: float,
    success: float | None,
) -> Float[ndarray, "b t"]:
    """Shares out the loss among the steps that are learned from.

    Steps count alike before the two settings change that, and weigh as much together as there are
    such steps afterwards.

    Args:
        learned: which steps are.
        rewarded: which rows earned something.
        last_step: share of a row's weight that its last learned step has; the rest is spread
            evenly over all of them, the last one included. 0 leaves them alike.
        success: share of all weight that rewarded rows have together. None leaves rows alike, and
            so does a batch that has rewarded rows only, or none.
    """
    weights = learned * (1.0 - last_step)
    counts = learned.sum(axis=1)
    last = learned.shape[1] - 1 - learned[:, ::-1].argmax(axis=1)
    weights[np.arange(len(learned)), last] += last_step * counts
    total, earned = counts.sum(), counts[rewarded].sum()
    if success is not None and 0 < earned < total:
        weights[rewarded] *= success * total / earned
        weights[~rewarded] *= (1 - success) * total / (total - earned)
    return weights.astype(np.float32)
