"""Rows hold the episodes they should, as often as they should."""

import collections

import numpy as np
import pytest
from numpy import ndarray

from decision_mamba.data.context_draws import EpisodeDraws, HistoryDraws, OutcomeDraws, ordered
from decision_mamba.errors import BadInput

# Histories of 3, 5 and 4 episodes.
OFFSETS = np.array([0, 3, 8, 12])


def drawn(draws: HistoryDraws | EpisodeDraws | OutcomeDraws, rows: int) -> ndarray:
    return draws(rows, np.random.default_rng(0))


def counted(rows: ndarray) -> dict[tuple[int, ...], int]:
    return dict(collections.Counter(tuple(row) for row in rows.tolist()))


def test_consecutive_episodes_lie_in_one_history_each_run_as_often_as_any_of_it() -> None:
    counts = counted(drawn(HistoryDraws(OFFSETS, 3, "consecutive", stride=10), 6000))

    # A history is drawn 2,000 times; the standard deviation of a count is below 40.
    expected = {
        (0, 1, 2): 2000, (3, 4, 5): 667, (4, 5, 6): 667, (5, 6, 7): 667,
        (8, 9, 10): 1000, (9, 10, 11): 1000,
    }  # fmt: skip
    assert counts.keys() == expected.keys()
    assert all(abs(counts[row] - expected[row]) < 160 for row in expected)


def test_episodes_are_spaced_evenly() -> None:
    counts = counted(drawn(HistoryDraws(OFFSETS, 2, "evenly", stride=2), 500))

    assert counts.keys() == {(0, 2), (3, 5), (4, 6), (5, 7), (8, 10), (9, 11)}


def test_every_set_of_a_history_comes_as_often_as_any_other_of_it() -> None:
    counts = counted(drawn(HistoryDraws(OFFSETS, 2, "anywhere", stride=10), 9000))

    firsts = {row: count for row, count in counts.items() if row[1] < 3}
    seconds = {row: count for row, count in counts.items() if 3 <= row[0] < 8}
    assert firsts.keys() == {(0, 1), (0, 2), (1, 2)}
    assert len(seconds) == 10
    assert len(counts) == 3 + 10 + 6
    # 1,000 each of a history of three, 300 each of one of five.
    assert all(abs(count - 1000) < 130 for count in firsts.values())
    assert all(abs(count - 300) < 70 for count in seconds.values())


def test_beginnings_of_a_history_are_cut_anywhere_behind_what_is_asked_for() -> None:
    counts = counted(
        drawn(HistoryDraws(np.array([0, 4]), 2, "anywhere", stride=1, beginnings=0.5), 6000)
    )

    # Half are of all four, a sixth each of the first two, three and four episodes.
    pairs = {(0, 1): 1 / 6 + 1 / 18 + 1 / 9, (0, 2): 1 / 18 + 1 / 9, (1, 2): 1 / 18 + 1 / 9}
    pairs |= dict.fromkeys([(0, 3), (1, 3), (2, 3)], 1 / 9)
    assert counts.keys() == pairs.keys()
    assert all(abs(counts[row] - 6000 * share) < 120 for row, share in pairs.items())


def test_a_whole_history_can_be_drawn() -> None:
    rows = drawn(HistoryDraws(np.array([0, 3]), 3, "anywhere", stride=1), 2)

    assert rows.tolist() == [[0, 1, 2], [0, 1, 2]]


def test_contexts_longer_than_a_history_are_refused() -> None:
    with pytest.raises(
        BadInput,
        match=r"^contexts of 4 episodes do not fit into a history of 3; ask for fewer, or collect",
    ):
        HistoryDraws(OFFSETS, 4, "anywhere", stride=10)


def test_so_are_episodes_too_far_apart() -> None:
    with pytest.raises(BadInput, match=r"^contexts of 2 episodes, each 3 after the one before, do"):
        HistoryDraws(OFFSETS, 2, "evenly", stride=3)


def test_a_long_episode_is_drawn_more_often() -> None:
    rows = drawn(EpisodeDraws(np.array([10, 30, 60]), 2), 5000)

    assert (np.diff(rows, axis=1) >= 0).all()
    shares = np.bincount(rows.ravel()) / rows.size
    # The standard deviation of a share is 0.005.
    np.testing.assert_allclose(shares, [0.1, 0.3, 0.6], atol=0.02)


def test_as_many_rows_as_outcomes_hold_each_of_them_once() -> None:
    # Task 0 failed once and succeeded three times, task 1 the other way round.
    tasks = np.repeat([0, 1], 4)
    returns = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    draws = OutcomeDraws(tasks, returns)

    rounds = [
        sorted((tasks[i], returns[i]) for i in draws(4, np.random.default_rng(seed)).ravel())
        for seed in range(20)
    ]

    assert rounds == [[(0, 0.0), (0, 1.0), (1, 0.0), (1, 1.0)]] * 20


def test_episodes_of_one_outcome_come_equally_often() -> None:
    rows = drawn(OutcomeDraws(np.zeros(4, np.int64), np.array([1.0, 0.0, 1.0, 1.0])), 6001)

    counts = np.bincount(rows.ravel(), minlength=4)
    assert abs(int(counts[1]) - 3000) <= 1
    assert abs(counts[[0, 2, 3]] - 1000).max() < 110


def test_fewer_rows_than_outcomes_repeat_none() -> None:
    rows = drawn(OutcomeDraws(np.arange(50), np.zeros(50)), 30)

    assert rows.shape == (30, 1)
    assert len(np.unique(rows)) == 30


def test_rows_are_put_into_the_order_asked_for() -> None:
    rows, returns = np.array([[0, 1, 2, 3]]), np.array([5.0, 1.0, 5.0, 0.0])
    generator = np.random.default_rng(0)

    assert ordered(rows, "time", returns, generator).tolist() == [[0, 1, 2, 3]]
    assert ordered(rows, "return", returns, generator).tolist() == [[3, 1, 0, 2]]


def test_every_row_is_shuffled_for_itself() -> None:
    rows = np.tile(np.arange(3), (6000, 1))

    shuffled = ordered(rows, "shuffled", np.zeros(3), np.random.default_rng(0))

    counts = counted(shuffled)
    assert len(counts) == 6
    # 1,000 expected of each order, with a standard deviation of 29.
    assert all(abs(count - 1000) < 120 for count in counts.values())


def test_the_same_generator_draws_the_same_rows() -> None:
    draws = HistoryDraws(OFFSETS, 2, "anywhere", stride=1)

    first, second = draws(9, np.random.default_rng(3)), draws(9, np.random.default_rng(3))

    assert np.array_equal(first, second)
