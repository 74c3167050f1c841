"""From logits to one of several actions, drawn or the likeliest."""

import dataclasses
import math

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from torch import Tensor

from decision_mamba.errors import BadInput, Failure
from decision_mamba.seeding import Seeds


@dataclasses.dataclass(frozen=True)
class Sampling:
    """How one of several actions is chosen; the defaults are the papers'.

    Source: Chen et al. 2021, arXiv:2106.01345, official Atari code, samples at temperature 1 from
    all actions; Dai et al. 2024, arXiv:2405.12094, official Atari code, from the 3 likeliest
    when it acts recurrently.

    Attributes:
        temperature: logits are divided by it; 0 always takes the likeliest action.
        top_k: of how many of the likeliest actions one is drawn; 0 for all.
    """

    temperature: float = 1.0
    top_k: int = 0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise BadInput(
                f"the temperature is {self.temperature}; expected 0, which takes the likeliest "
                "action, or a number above it"
            )
        if self.top_k < 0:
            raise BadInput(f"top_k is {self.top_k}; expected a number of actions, or 0 for all")


AS_PUBLISHED = Sampling()


class Chooser:
    """Chooses for episodes that are played side by side, one row each.

    The n-th row that is begun has draws of its own, whichever episodes are played beside it, and
    in a row each episode has.
    """

    def __init__(self, sampling: Sampling, seed: int) -> None:
        self._sampling = sampling
        self._seeds = Seeds(seed)
        self._begun = 0
        self._rows: list[tuple[int, int]] = []  # the number of each row, and of its episode
        self._streams: list[np.random.Generator] = []

    def begin(self, episodes: int) -> None:
        """Begins so many episodes and forgets those before."""
        self._rows = [(self._begun + row, 0) for row in range(episodes)]
        self._streams = [self._seeds.choices(*numbers) for numbers in self._rows]
        self._begun += episodes

    def again(self, rows: Bool[ndarray, " b"]) -> None:
        """Begins another episode in some of the rows."""
        for row in np.flatnonzero(rows):
            number, episode = self._rows[row]
            self._rows[row] = number, episode + 1
            self._streams[row] = self._seeds.choices(*self._rows[row])

    def keep(self, rows: Bool[ndarray, " b"]) -> None:
        """Lets the episodes that are over leave."""
        stays = np.flatnonzero(rows)
        self._rows = [self._rows[row] for row in stays]
        self._streams = [self._streams[row] for row in stays]

    def __call__(self, logits: Float[Tensor, "b p"]) -> Int[Tensor, " b"]:
        """Chooses an action for each row."""
        draws = np.array([stream.random() for stream in self._streams])
        chosen = choose(logits.float().cpu().numpy(), self._sampling, draws)
        return torch.from_numpy(chosen).to(logits.device)


def choose(
    logits: Float[ndarray, "b p"], sampling: Sampling, draws: Float[ndarray, " b"]
) -> Int[ndarray, " b"]:
    """Chooses an action for each row: the one whose share of [0, 1) its draw falls into.

    Args:
        logits: one per action.
        sampling: how.
        draws: evenly from [0, 1); not looked at where the likeliest is taken.

    Raises:
        Failure: a logit is not a finite number.
    """
    if not np.isfinite(logits).all():
        raise Failure(
            "the policy predicts for some action what is not a finite number; its weights are "
            "damaged: load an earlier policy or train again"
        )
    if sampling.temperature == 0:
        likeliest: Int[ndarray, " b"] = logits.argmax(axis=1)
        return likeliest
    scaled = logits.astype(np.float64) / sampling.temperature
    if 0 < sampling.top_k < scaled.shape[1]:
        least = np.sort(scaled, axis=1)[:, -sampling.top_k, None]
        scaled = np.where(scaled < least, -np.inf, scaled)
    ends = np.exp(scaled - scaled.max(axis=1, keepdims=True)).cumsum(axis=1)
    chosen: Int[ndarray, " b"] = (ends <= draws[:, None] * ends[:, -1:]).sum(axis=1)
    return chosen
