"""Spaces say their sizes in words."""

from decision_mamba.spaces import Continuous, Spaces, Vector


def test_sizes_are_told() -> None:
    spaces = Spaces(Vector(11), Continuous((-1.0, -2.0), (1.0, 2.0)))

    assert spaces.action.size == 2
    assert str(spaces) == "11 observation and 2 action numbers"
