"""Steps lie where a slow loop puts them."""

import numpy as np
import pytest

from decision_mamba.data.context_places import Places, seen
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode

OFFSETS = np.array([0, 3, 4, 6])
ROWS = np.array([[0, 2], [1, 1]])


def slowly(row: list[int], width: int, *, arrivals: bool) -> list[tuple[int, int, int, int, bool]]:
    """Slot, episode, time, step and whether an action was taken, of one padded row."""
    places = []
    for slot, episode in enumerate(row):
        first, length = int(OFFSETS[episode]), int(OFFSETS[episode + 1] - OFFSETS[episode])
        places += [(slot, episode, t, first + t, True) for t in range(length)]
        if arrivals:
            places.append((slot, episode, length, first + length - 1, False))
    padding = (*places[-1][:4], False)
    return places + [padding] * (width - len(places))


@pytest.mark.parametrize(("arrivals", "width"), [(True, 7), (False, 5)])
def test_places_equal_the_slow_loop(arrivals: bool, width: int) -> None:
    places = Places.of(ROWS, OFFSETS, arrivals=arrivals)

    for row, episodes in enumerate(ROWS.tolist()):
        columns = (places.slots, places.episodes, places.times, places.steps, places.taken)
        found = list(zip(*(column[row].tolist() for column in columns), strict=True))
        assert found == slowly(episodes, width, arrivals=arrivals)


def test_an_episode_is_over_at_its_arrival() -> None:
    places = Places.of(ROWS, OFFSETS, arrivals=True)

    assert places.over.astype(int).tolist() == [[0, 0, 0, 1, 0, 0, 1], [0, 1, 0, 1, 1, 1, 1]]


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
