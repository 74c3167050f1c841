"""The loss is shared out as asked, and its whole stays the same."""

import numpy as np
import pytest

from decision_mamba.data.context_weights import step_weights

# Rows of four steps, of which 4 and 2 are learned from.
LEARNED = np.array([[True, True, True, True], [False, True, True, False]])
REWARDED = np.array([True, False])


def test_steps_that_are_learned_from_count_alike() -> None:
    weights = step_weights(LEARNED, REWARDED, last_step=0.0, success=None)

    assert weights.tolist() == [[1, 1, 1, 1], [0, 1, 1, 0]]
    assert weights.dtype == np.float32


def test_the_last_learned_step_gets_its_share_of_its_row() -> None:
    weights = step_weights(LEARNED, REWARDED, last_step=0.5, success=None)

    # Half of 4 steps spread over 4 and half on the last one; half of 2 over 2, half on the last.
    assert weights.tolist() == [[0.5, 0.5, 0.5, 2.5], [0, 0.5, 1.5, 0]]


def test_rewarded_rows_get_their_share_of_all() -> None:
    weights = step_weights(LEARNED, REWARDED, last_step=0.0, success=0.75)

    # Of a weight of 6 in all: 4.5 over the four steps of the first row, 1.5 over the other two.
    assert weights.tolist() == [[1.125] * 4, [0, 0.75, 0.75, 0]]


def test_both_shares_hold_together() -> None:
    weights = step_weights(LEARNED, REWARDED, last_step=0.5, success=0.75)

    assert weights.sum(axis=1).tolist() == [4.5, 1.5]
    assert weights[0, 3] == (0.5 + 0.125) * 4.5


@pytest.mark.parametrize("all_alike", [True, False])
def test_rows_that_fared_alike_stay_alike(all_alike: bool) -> None:
    weights = step_weights(LEARNED, np.full(2, all_alike), last_step=0.0, success=0.75)

    assert weights.tolist() == [[1, 1, 1, 1], [0, 1, 1, 0]]


def test_a_row_that_nothing_is_learned_from_weighs_nothing() -> None:
    learned = np.array([[False, False], [True, True]])

    weights = step_weights(learned, np.array([True, False]), last_step=0.5, success=0.75)

    assert weights.tolist() == [[0, 0], [0.5, 1.5]]
