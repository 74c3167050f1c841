"""What acting costs an actor while it plays: time of its decisions, and memory at the end."""

import dataclasses
import time
from types import ModuleType
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool
from numpy import ndarray
from torch import Tensor, nn

from decision_mamba.analysis.peak_memory import peak_bytes
from decision_mamba.envs import Actor, LastingActor
from decision_mamba.shapes import PlayedActions, PlayedObservations, PlayedRewards


@dataclasses.dataclass(frozen=True)
class ActingCost:
    """What acting took.

    Attributes:
        decisions: actions chosen, those of all copies.
        seconds: of deciding, remembering and forgetting; the environment's own are left out.
        copies: whose memory was weighed, those that were left at the end of the largest wave.
        state_bytes: what is remembered of them then.
        peak_bytes: of that and of what one decision more takes for a moment, without weights.
    """

    decisions: int
    seconds: float
    copies: int
    state_bytes: int
    peak_bytes: int

    @property
    def milliseconds_per_decision(self) -> float:
        """Of one copy's action; copies that are played side by side share what a call costs."""
        return 1000 * self.seconds / max(self.decisions, 1)


class Measured:
    """Plays as another actor does, clock in hand."""

    def __init__(self, actor: Actor, device: torch.device) -> None:
        self._actor = actor
        self._device = device
        self._seen: PlayedObservations | None = None
        self._wave = 0
        self._cost = ActingCost(0, 0.0, 0, 0, 0)
        self._weighed = 0

    def reset(self, copies: int) -> None:
        self._weigh()
        self._wave = copies
        began = time.perf_counter()
        self._actor.reset(copies)
        self._took(began)

    def act(self, observations: PlayedObservations) -> PlayedActions:
        self._seen = observations
        began = time.perf_counter()
        actions = self._actor.act(observations)
        self._took(began, decisions=len(observations))
        return actions

    def observe(self, rewards: PlayedRewards) -> None:
        began = time.perf_counter()
        self._actor.observe(rewards)
        self._took(began)

    def again(self, rows: Bool[ndarray, " b"], arrived: PlayedObservations) -> None:
        assert isinstance(self._actor, LastingActor)
        began = time.perf_counter()
        self._actor.again(rows, arrived)
        self._took(began)

    def keep(self, rows: Bool[ndarray, " b"]) -> None:
        began = time.perf_counter()
        self._actor.keep(rows)
        self._took(began)

    def finished(self) -> ActingCost:
        """What it took; to be asked for when all is played, for it decides once more."""
        self._weigh()
        return self._cost

    def _took(self, began: float, decisions: int = 0) -> None:
        self._cost = dataclasses.replace(
            self._cost,
            seconds=self._cost.seconds + time.perf_counter() - began,
            decisions=self._cost.decisions + decisions,
        )

    def _weigh(self) -> None:
        """Weighs what the wave that has ended left, once for each size of waves."""
        seen = self._seen
        if seen is None or self._wave <= self._weighed:
            return
        self._weighed, self._seen = self._wave, None
        # Kept while torch's record is on, which knows nothing of what was taken before and says so
        # aloud when it is given back.
        kept = _held(self._actor)
        held = held_bytes(self._actor)
        more = peak_bytes(lambda: self._actor.act(seen), self._device)
        kept.clear()
        self._cost = dataclasses.replace(
            self._cost, copies=len(seen), state_bytes=held, peak_bytes=held + more
        )


def held_bytes(thing: Any) -> int:
    """Bytes of the tensors and arrays that an object holds, each counted once, weights left out.

    Torch's record tells what is taken while it watches, and nothing of what was taken before.
    """
    blocks: dict[int, int] = {}
    for one in _held(thing):
        blocks.update(_block(one))
    return sum(blocks.values())


def _held(thing: Any) -> list[Any]:
    """The tensors and arrays themselves."""
    seen: dict[int, Any] = {}
    ahead = [thing]
    while ahead:
        one = ahead.pop()
        if id(one) in seen or isinstance(one, nn.Module | type | ModuleType):
            continue
        seen[id(one)] = one
        ahead += _parts(one)
    return [one for one in seen.values() if isinstance(one, Tensor | np.ndarray)]


def _block(one: Tensor | ndarray) -> dict[int, int]:
    """The memory of a tensor or an array, by its place; views of one block share it."""
    if isinstance(one, Tensor):
        storage = one.untyped_storage()
        return {storage.data_ptr(): storage.nbytes()}
    while isinstance(one.base, np.ndarray):
        one = one.base
    return {one.ctypes.data: one.nbytes}


def _parts(one: Any) -> list[Any]:
    if isinstance(one, Tensor | np.ndarray):
        return []
    if isinstance(one, dict):
        return list(one.values())
    if isinstance(one, list | tuple | set):
        return list(one)
    return list(getattr(one, "__dict__", {}).values())
