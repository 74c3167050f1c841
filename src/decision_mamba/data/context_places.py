"""Where in a store the steps of rows of several episodes lie."""

import dataclasses

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from decision_mamba.data.store import Store


@dataclasses.dataclass(frozen=True)
class Places:
    """Steps of b rows, padded at the end to the longest; padding repeats a row's last place.

    Attributes:
        slots: which episode of its row a step belongs to, from 0.
        episodes: the number of that episode in the store.
        times: steps since it began.
        steps: the number of the step in the store.
        real: False on padding.
    """

    slots: Int[ndarray, "b t"]
    episodes: Int[ndarray, "b t"]
    times: Int[ndarray, "b t"]
    steps: Int[ndarray, "b t"]
    real: Bool[ndarray, "b t"]

    @staticmethod
    def of(episodes: Int[ndarray, "b n"], offsets: Int[ndarray, " boundaries"]) -> "Places":
        """Lays episodes one behind the other."""
        batch, slots = episodes.shape
        lengths = offsets[episodes + 1] - offsets[episodes]
        behind = lengths.sum(axis=1, keepdims=True)
        # Padding is a further slot for the time of counting, so that rows are equally long.
        counts = np.concatenate([lengths, behind.max() - behind], axis=1).ravel()
        numbers = np.repeat(np.tile(np.arange(slots + 1), batch), counts).reshape(batch, -1)
        real = numbers < slots
        slot = np.minimum(numbers, slots - 1)

        def each(of_slots: Int[ndarray, "b n"]) -> Int[ndarray, "b t"]:
            return np.take_along_axis(of_slots, slot, axis=1)

        begins = np.cumsum(lengths, axis=1) - lengths
        times = np.minimum(np.arange(slot.shape[1]) - each(begins), each(lengths) - 1)
        return Places(
            slots=slot,
            episodes=each(episodes),
            times=times,
            steps=each(offsets[episodes]) + times,
            real=real,
        )


def arrived(
    store: Store, rows: Int[ndarray, "b n"], places: Places, seen_there: Float[ndarray, "b t o"]
) -> Float[ndarray, "b t o"]:
    """Where the reward before each step was earned.

    Args:
        store: the episodes.
        rows: those of each row, in their order.
        places: of their steps.
        seen_there: what is observed at each.
    """
    shown = seen_there.copy()
    row, step = np.nonzero((places.times == 0) & (places.slots > 0))
    before = rows[row, places.slots[row, step] - 1]
    shown[row, step] = seen(store, before, store.lengths[before])
    return shown


def seen(
    store: Store, episodes: Int[ndarray, "*shape"], times: Int[ndarray, "*shape"]
) -> Float[ndarray, "*shape o"]:
    """What episodes showed at these times, at their length what came after the last action.

    Where that was not kept, the observation before stands for it.
    """
    lengths = store.offsets[episodes + 1] - store.offsets[episodes]
    steps = store.offsets[episodes] + np.minimum(times, lengths - 1)
    shown: Float[ndarray, "*shape o"] = store.observations.take(steps, axis=0)
    is_after = times == lengths
    last = store.last_observations[episodes[is_after]]
    shown[is_after] = np.where(np.isnan(last), shown[is_after], last)
    return shown
