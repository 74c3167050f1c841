"""Costs as curves."""

import dataclasses

from decision_mamba.analysis.efficiency import Cost, Point, TooLarge
from decision_mamba.cli.analyse.efficiency_picture import picture

COST = Cost(1.5, 2_000_000, 3 * 2**20)


def test_the_cost_of_a_carried_state_is_in_the_picture() -> None:
    point = Point("attention", 1234, 20, window=COST, recurrent=COST, training=COST, state_bytes=8)
    dearer = dataclasses.replace(point, recurrent=Cost(3.0, 2_000_000, 3 * 2**20))

    drawn = picture([point], "costs")

    assert drawn.startswith(b"\x89PNG")
    assert drawn != picture([dearer], "costs")


def test_what_was_too_large_is_left_out_of_the_picture() -> None:
    point = Point("attention", 1234, 20, window=COST, recurrent=COST, training=COST, state_bytes=8)
    large = dataclasses.replace(point, length=40, window=TooLarge(2, 1), training=TooLarge(2, 1))

    assert picture([point, large], "costs").startswith(b"\x89PNG")
