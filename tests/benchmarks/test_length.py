"""Where a growing cost passes a steady one."""

import math

import pytest

from benchmarks.rows.length import crossing


def test_the_crossing_lies_between_two_lengths_on_their_log_log_line() -> None:
    assert crossing((10, 1000), (2.0, 2.0), (1.0, 4.0)) == pytest.approx(100.0)


def test_a_cost_that_is_higher_from_the_start_crosses_there() -> None:
    assert crossing((10, 1000), (1.0, 1.0), (2.0, 4.0)) == 10.0


def test_a_cost_that_stays_below_never_crosses() -> None:
    assert crossing((10, 1000), (5.0, 5.0), (1.0, 2.0)) == math.inf
