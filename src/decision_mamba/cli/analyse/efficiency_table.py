"""Measured costs as a table: on a terminal the main columns, in a file all of them."""

import dataclasses
from collections.abc import Callable, Sequence

from rich.table import Table

from decision_mamba.analysis.efficiency import Cost, Point, TooLarge

_MEBI, _GIBI = 2**20, 2**30


TOO_LARGE = "too large"


@dataclasses.dataclass(frozen=True)
class _Column:
    """A column behind the policy's name.

    Attributes:
        short: its heading on a terminal.
        number: of a point; None where there was no room for the work.
    """

    heading: str
    short: str
    digits: str
    number: Callable[[Point], float | None]


def _of(cost: Cost | TooLarge, number: Callable[[Cost], float]) -> float | None:
    return None if isinstance(cost, TooLarge) else number(cost)


_ON_TERMINAL = (
    _Column("length", "length", ",.0f", lambda p: p.length),
    _Column(
        "decision, window: ms",
        "window\nms",
        ",.2f",
        lambda p: _of(p.window, lambda cost: cost.milliseconds),
    ),
    _Column(
        "decision, window: million multiply-adds",
        "window\n10⁶ m-a",
        ",.2f",
        lambda p: _of(p.window, lambda cost: cost.multiply_adds / 1e6),
    ),
    _Column("decision, state: ms", "state\nms", ",.2f", lambda p: p.recurrent.milliseconds),
    _Column(
        "decision, state: million multiply-adds",
        "state\n10⁶ m-a",
        ",.2f",
        lambda p: p.recurrent.multiply_adds / 1e6,
    ),
    _Column(
        "training: ms",
        "training\nms",
        ",.1f",
        lambda p: _of(p.training, lambda cost: cost.milliseconds),
    ),
    _Column(
        "training: MiB",
        "training\nMiB",
        ",.1f",
        lambda p: _of(p.training, lambda cost: cost.peak_bytes / _MEBI),
    ),
)
_IN_FILES = (
    *_ON_TERMINAL,
    _Column(
        "decision, window: MiB",
        "",
        ",.2f",
        lambda p: _of(p.window, lambda cost: cost.peak_bytes / _MEBI),
    ),
    _Column("decision, state: MiB", "", ",.2f", lambda p: p.recurrent.peak_bytes / _MEBI),
    _Column("parameters", "", ",.0f", lambda p: p.parameters),
)

_READING = """\
A decision reads a window of that many environment steps anew, or carries a state to a step at that
age of what is remembered (of attention: all keys and values so far); where a sub-goal is set for
several decisions, that is their mean. Training is the predictions of that many steps and their
gradients, without the optimiser. Multiply-adds are counted, scans as their recurrence; norms,
activations and exponentials are not among them. MiB are tensors alive at once, weights and state
included. Times are medians. Parameters are those of the policy as it is trained; to be measured, a
table of positions has a row for each step of the longest window."""


def as_table(points: Sequence[Point], title: str) -> Table:
    """A table that fits into 80 columns."""
    table = Table(box=None, pad_edge=False, title_justify="left")
    table.title = f"{title}; m-a: multiply-adds"
    table.add_column("policy", no_wrap=True, vertical="bottom")
    for column in _ON_TERMINAL:
        table.add_column(column.short, justify="right", vertical="bottom")
    named: set[str] = set()
    for point in points:
        first = f"{point.policy}\n{point.parameters:,} weights"
        table.add_row("" if point.policy in named else first, *_cells(point, _ON_TERMINAL))
        named.add(point.policy)
    return table


def as_markdown(points: Sequence[Point], title: str) -> str:
    """The same and the other columns, for a file."""
    rows = [
        ["policy", *(column.heading for column in _IN_FILES)],
        ["---", *("---:" for _ in _IN_FILES)],
        *([point.policy, *_cells(point, _IN_FILES)] for point in points),
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"{title}.", "", *lines, "", _READING, *remarks(points), ""])


def remarks(points: Sequence[Point]) -> list[str]:
    """A sentence for each work for which there was no room."""
    works = {"a decision by window": "window", "training": "training"}
    found = []
    for point in points:
        for name, field in works.items():
            cost = getattr(point, field)
            if isinstance(cost, TooLarge):
                needed, free = cost.needed_bytes / _GIBI, cost.free_bytes / _GIBI
                found.append(
                    f"{TOO_LARGE}: {name} of {point.policy} at {point.length:,} steps would take "
                    f"{needed:,.1f} GiB, as shorter lengths foretell, and {free:,.1f} are free."
                )
    return found


def _cells(point: Point, columns: Sequence[_Column]) -> list[str]:
    numbers = [(column.number(point), column.digits) for column in columns]
    return [TOO_LARGE if number is None else format(number, digits) for number, digits in numbers]
