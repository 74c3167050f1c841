"""Steps lie where a slow loop puts them."""

import numpy as np

from decision_mamba.data.context_places import Places, arrived, seen
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode

OFFSETS = np.array([0, 3, 4, 6])
ROWS = np.array([[0, 2], [1, 1]])


def slowly(row: list[int], width: int) -> list[tuple[int, int, int, int, bool]]:
    """Slot, episode, time, step and whether there is one, of one padded row."""
    places = []
    for slot, episode in enumerate(row):
        first, length = int(OFFSETS[episode]), int(OFFSETS[episode + 1] - OFFSETS[episode])
        places += [(slot, episode, t, first + t, True) for t in range(length)]
    padding = (*places[-1][:4], False)
    return places + [padding] * (width - len(places))


def test_places_equal_the_slow_loop() -> None:
    places = Places.of(ROWS, OFFSETS)

    for row, episodes in enumerate(ROWS.tolist()):
        columns = (places.slots, places.episodes, places.times, places.steps, places.real)
        found = list(zip(*(column[row].tolist() for column in columns), strict=True))
        assert found == slowly(episodes, width=5)


def test_what_came_last_is_seen_where_it_was_kept() -> None:
    kept = Episode(
        np.array([[0.0], [1.0]]),
        np.zeros(2, np.int64),
        np.ones(2),
        last_observation=np.array([9.0]),
    )
    unkept = Episode(np.array([[5.0], [6.0]]), np.zeros(2, np.int64), np.ones(2))
    store = Store.of([kept, unkept])

    shown = seen(store, np.array([[0, 0, 0], [1, 1, 1]]), np.array([[0, 1, 2], [0, 1, 2]]))

    assert shown[..., 0].tolist() == [[0, 1, 9], [5, 6, 6]]


def test_the_last_reward_of_an_episode_was_earned_where_it_ended() -> None:
    ends = np.array([[9.0], [19.0], [29.0]])
    store = Store.of(
        Episode(
            last[None] - np.arange(length, 0, -1)[:, None],
            np.zeros(length, np.int64),
            np.ones(length),
            last_observation=last,
        )
        for last, length in zip(ends, (3, 1, 2), strict=True)
    )
    places = Places.of(ROWS, store.offsets)
    there = store.observations.take(places.steps, axis=0)

    shown = arrived(store, ROWS, places, there)

    # The second row ends with an episode of one step, and padding that repeats it.
    assert there[..., 0].tolist() == [[6, 7, 8, 27, 28], [18, 18, 18, 18, 18]]
    assert shown[..., 0].tolist() == [[6, 7, 8, 9, 28], [18, 19, 19, 19, 19]]
