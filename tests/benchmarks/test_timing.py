"""Works are timed in turns."""

from benchmarks.timing import interleaved, ratios


def test_works_take_turns_after_a_round_that_does_not_count() -> None:
    order: list[str] = []

    taken = interleaved(
        {"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2, calls={"b": 2}
    )

    assert "".join(order) == "ab" + "abb" + "abb"
    assert {name: len(values) for name, values in taken.items()} == {"a": 2, "b": 2}


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios((10.0, 60.0), (5.0, 20.0)) == (2.0, 3.0)
