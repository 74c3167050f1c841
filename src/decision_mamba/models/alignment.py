"""Which return stands beside which observation while DeMa's published code learns."""

import dataclasses
from typing import Literal

from decision_mamba.batch import Batch

Alignment = Literal["exact", "published"]


def officially_aligned(batch: Batch) -> tuple[Batch, Batch | None]:
    """Gives each observation the return and the time of the step before it.

    The first step of a window is only what comes before the second: its action is read, its
    observation is not, and its own action is not predicted. A window of one step stays as it is.
    When acting the same code gives each observation its own return, so that the policy is told
    one step less has been earned than it has learned to be told.

    Source: Dai et al. 2024, arXiv:2405.12094, official Gym code (`ssm.py`, `forward`).

    Returns:
        What is learned from, and the step before it.
    """
    if batch.mask.shape[1] == 1:
        return batch, None
    later = dataclasses.replace(
        batch.last(batch.mask.shape[1] - 1),
        returns_to_go=batch.returns_to_go[:, :-1],
        timesteps=batch.timesteps[:, :-1],
    )
    return later, batch.first(1)
