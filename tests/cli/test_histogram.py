"""The picture of a distribution counts right and fits a terminal."""

import numpy as np
import pytest

from decision_mamba.cli.histogram import histogram


def test_bars_are_as_long_as_counts_are_large() -> None:
    values = np.array([0.5, 1.5, 1.6, 3.0, 9.9])

    assert histogram(values) == [
        " 0 to  1  1  ████████████████████",
        " 1 to  2  2  ████████████████████████████████████████",
        " 2 to  3  0  ",
        " 3 to  4  1  ████████████████████",
        " 4 to  5  0  ",
        " 5 to  6  0  ",
        " 6 to  7  0  ",
        " 7 to  8  0  ",
        " 8 to  9  0  ",
        " 9 to 10  1  ████████████████████",
    ]


def test_a_rare_value_still_shows() -> None:
    values = np.concatenate([np.zeros(10_000), [11.0]])

    assert histogram(values)[-1].endswith("1  ▏")


@pytest.mark.parametrize(
    "values",
    [
        np.linspace(-1234.5, 98765.4, 1000),
        np.linspace(0.001, 0.0123, 50),
        np.linspace(-3e9, 3e9, 50),
        np.array([0.0]),
        np.array([1500.0, 1500.0]),
        np.array([-2.5]),
        np.array([1e6, 1e6 + 1e-9]),
    ],
)
def test_it_fits_a_terminal_and_holds_every_value(values: np.ndarray) -> None:
    lines = histogram(values)

    counts = [int(line.split("  ")[1].strip().replace(",", "")) for line in map(_packed, lines)]
    assert 1 <= len(lines) <= 12
    assert max(len(line) for line in lines) <= 80
    assert sum(counts) == len(values)


def _packed(line: str) -> str:
    """The line with the padding of its labels and counts taken out."""
    label, rest = line.split(" to ", 1)
    high, count, *_ = rest.split()
    return f"{label.strip()} to {high}  {count}  "
