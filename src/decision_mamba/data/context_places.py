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
        times: steps since it began; on an arrival, which follows its last step, its length.
        steps: the number of the step in the store; on an arrival that of the last.
        over: where the episode is: on arrivals, and on padding that repeats one.
        taken: where there is an action: neither on arrivals nor on padding.
    """

    slots: Int[ndarray, "b t"]
    episodes: Int[ndarray, "b t"]
    times: Int[ndarray, "b t"]
    steps: Int[ndarray, "b t"]
    over: Bool[ndarray, "b t"]
    taken: Bool[ndarray, "b t"]

    @staticmethod
    def of(
        episodes: Int[ndarray, "b n"], offsets: Int[ndarray, " boundaries"], *, arrivals: bool
    ) -> "Places":
        """Lays episodes one behind the other, each followed by its arrival if that is wanted."""
        batch, slots = episodes.shape
        lengths = offsets[episodes + 1] - offsets[episodes]
        spans = lengths + arrivals
        behind = spans.sum(axis=1, keepdims=True)
        # Padding is a further slot for the time of counting, so that rows are equally long.
        counts = np.concatenate([spans, behind.max() - behind], axis=1).ravel()
        numbers = np.repeat(np.tile(np.arange(slots + 1), batch), counts).reshape(batch, -1)
        real = numbers < slots
        slot = np.minimum(numbers, slots - 1)

        def each(of_slots: Int[ndarray, "b n"]) -> Int[ndarray, "b t"]:
            return np.take_along_axis(of_slots, slot, axis=1)

        begins = np.cumsum(spans, axis=1) - spans
        times = np.minimum(np.arange(slot.shape[1]) - each(begins), each(spans) - 1)
        length = each(lengths)
        return Places(
            slots=slot,
            episodes=each(episodes),
            times=times,
            steps=each(offsets[episodes]) + np.minimum(times, length - 1),
            over=times == length,
            taken=real & (times < length),
        )


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
