"""Sub-goals are the most valuable places, as the paper's formula and the official code say."""

import numpy as np
import pytest
from numpy import ndarray

from decision_mamba.data.context_places import Places
from decision_mamba.data.store import Store
from decision_mamba.data.sub_goals import Rule, ValuableGoals, best_reached, earned, overtaken
from decision_mamba.episode import Episode


def by_formula(rewards: ndarray, first: int) -> int:
    """Gives the argmax over j of the mean of r_first ... r_{j-1}, the first of equals."""
    values = [rewards[first:j].mean() for j in range(first + 1, len(rewards) + 1)]
    return first + 1 + values.index(max(values))


def as_published(rewards: ndarray, first: int) -> int:
    """The official running average, which begins at 0, and its bound."""
    best, index, total = 0.0, 0, 0.0
    for t, reward in enumerate(rewards[first:].tolist()):
        total += reward
        if total / (t + 1) > best:
            best, index = total / (t + 1), t
    return min(first + index + 1, len(rewards) - 1)


@pytest.mark.parametrize(("rule", "slowly"), [("value", by_formula), ("published", as_published)])
@pytest.mark.parametrize("every", [1, 3, 5])
def test_the_best_place_is_that_of_the_slow_loop(rule: Rule, slowly: object, every: int) -> None:
    generator = np.random.default_rng(0)
    episodes = [generator.integers(-2, 3, length) / 4 for length in (1, 4, 9, 12, 5)]
    offsets = np.cumsum([0, *(len(one) for one in episodes)])

    reached = best_reached(np.concatenate(episodes).astype(np.float32), offsets, every, rule=rule)

    assert callable(slowly)
    expected = [slowly(one, t - t % every) for one in episodes for t in range(len(one))]
    assert reached.tolist() == expected


def test_a_reward_lies_where_its_action_led() -> None:
    # The third action is paid: standing after it is worth 1 / 3 at first, and 1 just before.
    reached = best_reached(
        np.array([0.0, 0.0, 1.0, 0.0], np.float32), np.array([0, 4]), 1, rule="value"
    )

    assert reached.tolist() == [3, 3, 3, 4]


def test_what_was_earned_starts_anew_in_every_episode() -> None:
    sums = earned(np.array([1.0, -2.0, 3.0, 4.0], np.float32), np.array([0, 3, 4]))

    assert sums.tolist() == [1.0, -1.0, 2.0, 4.0]


def by_pointer(present: list[float], before: list[float]) -> list[int | None]:
    """The official search, which goes on where the last one ended."""
    found: list[int | None] = []
    pointer = 0
    for sum_here in present:
        above = [i for i in range(pointer, len(before)) if before[i] > sum_here]
        pointer = above[0] if above else pointer
        found.append(pointer if above else None)
    return found


def test_the_episode_before_is_searched_as_the_official_pointer_does() -> None:
    generator = np.random.default_rng(0)
    present = generator.integers(-3, 8, (300, 6)).astype(np.float32)
    before = generator.integers(-3, 8, (300, 6)).astype(np.float32)
    lengths = generator.integers(1, 7, 300)
    before = np.take_along_axis(before, np.minimum(np.arange(6), lengths[:, None] - 1), axis=1)

    others, found = overtaken(present, before)

    for row in range(300):
        expected = by_pointer(present[row].tolist(), before[row, : lengths[row]].tolist())
        got = [int(other) if is_found else None for other, is_found in zip(
            others[row], found[row], strict=True)]  # fmt: skip
        assert got == expected


@pytest.fixture
def store() -> Store:
    """Episodes of 4, 5 and 2 steps in places of their own, with 3, 2 and 1 earned."""

    def episode(first: float, *rewards: float) -> Episode:
        seen = first + np.arange(len(rewards) + 1, dtype=np.float32)[:, None]
        return Episode(
            seen[:-1],
            np.zeros(len(rewards), np.int64),
            np.array(rewards, np.float64),
            last_observation=seen[-1],
        )

    return Store.of([episode(0, 0, 1, 1, 1), episode(10, 0, 0, 0, 1, 1), episode(20, 0, 1)])


def sought(store: Store, rule: Rule, rows: list[list[int]], every: int) -> list[list[list[int]]]:
    places = Places.of(np.array(rows), store.offsets)
    goals = ValuableGoals(store, every, rule)(np.array(rows), places)
    told: list[list[list[int]]] = np.stack(goals, axis=-1).tolist()
    return told


def test_by_the_papers_rule_they_lie_in_the_same_episode(store: Store) -> None:
    # From step 0 all four steps of the first episode are worth 3 / 4.
    goals = sought(store, "value", [[2, 0]], every=2)

    assert goals == [[[2, 2], [2, 2], [0, 4], [0, 4], [0, 3], [0, 3]]]


def test_as_published_they_lie_in_the_episode_before_that_had_more(store: Store) -> None:
    goals = sought(store, "published", [[0, 1]], every=2)

    # The first episode has none before it. Of the second, the first chunk ends with 0, less than
    # the 1 after the other's first chunk, whose next begins at step 2; the second ends with 1,
    # less than the 3 at the other's end, behind which no chunk begins; so does the third, with 2.
    assert goals == [[[0, 3]] * 4 + [[0, 2]] * 5]


def test_an_episode_before_that_had_no_more_is_not_looked_at(store: Store) -> None:
    goals = sought(store, "published", [[2, 1]], every=5)

    # It had 1 by its end and the present one has 2 by the end of its only chunk.
    assert goals == [[[2, 1]] * 2 + [[1, 4]] * 5]
