"""The picture of costs holds what it is given."""

from decision_mamba.report.figures.efficiency import Curve, _apart, draw_efficiency

PNG = b"\x89PNG\r\n\x1a\n"


def test_costs_become_a_picture_that_is_the_same_each_time() -> None:
    panels = {
        "ms": [Curve("a", {1: 2.0, 10: 3.0}), Curve("a", {1: 1.0, 10: 1.0}, dashed=True)],
        "MiB": [Curve("a", {1: 2.0, 10: 3.0})],
    }

    drawn = draw_efficiency(panels, "costs")

    assert drawn.startswith(PNG)
    assert drawn == draw_efficiency(panels, "costs")


def test_another_number_is_another_picture() -> None:
    first, second = (
        draw_efficiency({"ms": [Curve("a", {1: 2.0, 10: last})]}, "costs") for last in (3.0, 30.0)
    )

    assert first != second


def test_one_length_can_be_drawn() -> None:
    assert draw_efficiency({"ms": [Curve("a", {20: 2.0})]}, "costs").startswith(PNG)


def test_lengths_that_are_close_together_share_a_name() -> None:
    assert _apart([100, 1000, 1010, 5000, 20000]) == [100, 1000, 5000, 20000]
