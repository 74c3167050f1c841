"""Costs as tables."""

import dataclasses
import io

from rich.console import Console

from decision_mamba.analysis.efficiency import Cost, Point, TooLarge
from decision_mamba.cli.analyse.efficiency_table import as_markdown, as_table, remarks

POINTS = [
    Point(
        policy="attention",
        parameters=1234,
        length=length,
        window=Cost(1.5, 2_000_000, 3 * 2**20),
        recurrent=Cost(0.25, 40_000, 2**19),
        training=Cost(12.0, 2_500_000, 7 * 2**20),
        state_bytes=8,
    )
    for length in (20, 1000)
]


def test_a_terminal_of_80_columns_holds_it() -> None:
    console = Console(width=80, file=io.StringIO())
    console.print(as_table(POINTS, "costs"))
    assert isinstance(console.file, io.StringIO)
    said = " ".join(console.file.getvalue().split())

    assert "…" not in said
    assert "attention 1,234 weights 20 1.50 2.00 0.25 0.04 12.0 7.0 1,000 1.50" in said


def test_a_file_has_memory_and_parameters_too() -> None:
    text = as_markdown(POINTS, "costs")

    assert (
        "| attention | 1,000 | 1.50 | 2.00 | 0.25 | 0.04 | 12.0 | 7.0 | 3.00 | 0.50 | 1,234 |"
        in (text)
    )
    assert text.startswith("costs.\n\n| policy | length |")


def test_what_was_too_large_is_said_so_with_the_memory_it_would_take() -> None:
    large = dataclasses.replace(POINTS[1], training=TooLarge(12 * 2**30, 3 * 2**29))

    text = as_markdown([large], "costs")

    assert "| 1.50 | 2.00 | 0.25 | 0.04 | too large | too large | 3.00 |" in text
    assert remarks([large]) == [
        "too large: training of attention at 1,000 steps would take 12.0 GiB, as shorter lengths "
        "foretell, and 1.5 are free."
    ]
    assert remarks([large])[0] in text
    assert remarks(POINTS) == []
