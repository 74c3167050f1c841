"""Batches of windows, drawn from a store by one gather."""

import dataclasses
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int, Int16, UInt8
from numpy import ndarray

from decision_mamba.batch import Batch
from decision_mamba.data.returns import Curation, as_told, best_episodes, returns_to_go
from decision_mamba.data.stacks import stacked
from decision_mamba.data.store import Store
from decision_mamba.errors import BadInput
from decision_mamba.spaces import Image


@dataclasses.dataclass(frozen=True)
class Windowing:
    """How episodes are cut into windows.

    Attributes:
        length: steps in a window, the papers' K.
        whole: whether a row of a batch is a whole episode instead, drawn with a chance
            proportional to its length and padded at the end to the longest drawn. It is learned
            from in chunks of `length` steps: the state is carried from one to the next, gradients
            stop at the border. In window mode such a policy looks back `length` steps.
        pad: where a window that runs past its episode's end is filled. "end" repeats the last
            real step behind it. "left" moves the real steps to the right and fills in front of
            them with observation 0, action -10, return-to-go 0 and timestep 0, as the official
            code does; where actions are chosen, with action 0, for no -10th can be.
    """

    length: int = 20
    whole: bool = False
    pad: Literal["end", "left"] = "end"


@dataclasses.dataclass(frozen=True)
class Columns:
    """What windows are gathered from, one row per step of the whole store.

    Attributes:
        offsets: where each episode begins, and as the last number where the last one ends.
        stack: how many frames a window shows at each step; 1 where observations are numbers.
    """

    observations: Float[ndarray, "steps o"] | UInt8[ndarray, "steps height width"]
    actions: Float[ndarray, "steps a"] | Int16[ndarray, " steps"]
    returns_to_go: Float[ndarray, " steps"]
    offsets: Int[ndarray, " boundaries"]
    stack: int = 1

    @property
    def bytes(self) -> int:
        """Memory that a copy of them takes."""
        columns = (self.observations, self.actions, self.returns_to_go, self.offsets)
        return sum(int(column.nbytes) for column in columns)


_AS_RECORDED = Curation()


class Windows:
    """Windows of the episodes of a store, for training.

    Attributes:
        windowing: how they are cut.
        columns: what they are gathered from; `ResidentWindows` copies them to a device.
        longest: steps of the longest row that can be drawn.

    Raises:
        BadInput: no chosen episode is as long as a window, where rows are no whole episodes.
    """

    def __init__(
        self,
        store: Store,
        windowing: Windowing = Windowing(),
        curation: Curation = _AS_RECORDED,
    ) -> None:
        self.episodes = best_episodes(store.returns, store.lengths, curation.best_share)
        lengths = store.lengths[self.episodes]
        _check_length(windowing, lengths)
        rewards = as_told(curation, store.rewards, store.offsets)
        self.windowing = windowing
        self.columns = Columns(
            observations=store.observations,
            actions=store.actions,
            returns_to_go=returns_to_go(rewards, store.offsets),
            offsets=store.offsets,
            stack=_stack(store),
        )
        self.longest = int(lengths.max()) if windowing.whole else windowing.length
        self._drawable = np.cumsum(lengths)

    def draw(self, batch_size: int, generator: np.random.Generator) -> Batch:
        """Draws windows as `draw_starts` says."""
        return self.gather(self.draw_starts(batch_size, generator))

    def draw_starts(self, batch_size: int, generator: np.random.Generator) -> Int[ndarray, " b"]:
        """Draws where windows begin: at any step of the chosen episodes with equal chance.

        The official code draws an episode with a chance proportional to its length T and then a
        start from 0 to T-1, both included: T/ΣT · 1/T, the same for every step. Whole episodes
        are drawn with that first chance, and begin at their first step.

        Source: Chen et al., arXiv:2106.01345, official code, `get_batch`.
        """
        drawn = generator.integers(self._drawable[-1], size=batch_size)
        row = np.searchsorted(self._drawable, drawn, side="right")
        if self.windowing.whole:
            firsts: Int[ndarray, " b"] = self.columns.offsets[self.episodes[row]]
            return firsts
        # Steps from the drawn one to the end of its episode, itself included.
        remaining = self._drawable[row] - drawn
        starts: Int[ndarray, " b"] = self.columns.offsets[self.episodes[row] + 1] - remaining
        return starts

    def gather(self, starts: Int[ndarray, " b"], *, steps: int | None = None) -> Batch:
        """The windows that begin at these steps, counted through the whole store.

        Args:
            starts: where they begin.
            steps: of every row; None for a window's, or for those of the longest of the episodes.
        """
        offsets = self.columns.offsets
        episode = np.searchsorted(offsets, starts, side="right") - 1
        first, end = starts[:, None], offsets[episode + 1, None]
        needed = int((end - first).max()) if self.windowing.whole else self.windowing.length
        rows = first + np.arange(needed if steps is None else steps)  # b t
        if self.windowing.pad == "left":
            rows -= np.maximum(rows[:, -1:] + 1 - end, 0)
        real = (rows >= first) & (rows < end)
        rows = np.clip(rows, first, end - 1)
        batch = self._batch(rows, offsets[episode, None], real)
        return officially_padded(batch) if self.windowing.pad == "left" else batch

    def _batch(
        self, rows: Int[ndarray, "b t"], origins: Int[ndarray, "b 1"], real: ndarray
    ) -> Batch:
        columns = self.columns
        seen = (
            columns.observations.take(rows, axis=0)
            if columns.observations.ndim == 2
            else stacked(columns.observations, rows, origins, columns.stack)
        )
        return Batch(
            observations=torch.from_numpy(seen),
            actions=torch.from_numpy(columns.actions.take(rows, axis=0)),
            returns_to_go=torch.from_numpy(columns.returns_to_go.take(rows)),
            timesteps=torch.from_numpy(rows - origins),
            mask=torch.from_numpy(real),
        )


def _stack(store: Store) -> int:
    seen = store.spaces.observation
    return seen.stack if isinstance(seen, Image) else 1


def _check_length(windowing: Windowing, lengths: Int[ndarray, " episodes"]) -> None:
    length = windowing.length
    if length < 1:
        raise BadInput(f"windows are {length} steps long; expected at least 1")
    if length > lengths.max() and not windowing.whole:
        raise BadInput(
            f"windows of {length} steps are longer than every episode (the longest of "
            f"{len(lengths)} has {lengths.max()}); give a smaller --windows.length"
        )


def officially_padded(batch: Batch) -> Batch:
    """Overwrites the steps that are not real with what the official code puts there."""
    padding = ~batch.mask
    over_numbers = (...,) + (None,) * (batch.observations.ndim - 2)
    batch.observations.masked_fill_(padding[over_numbers], 0)
    if batch.actions.is_floating_point():
        batch.actions.masked_fill_(padding[..., None], -10.0)
    else:
        batch.actions.masked_fill_(padding, 0)
    batch.returns_to_go.masked_fill_(padding, 0.0)
    batch.timesteps.masked_fill_(padding, 0)
    return batch
