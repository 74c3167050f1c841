"""Rows as a table that a terminal or a page of text can show."""

from collections.abc import Sequence

from benchmarks.row import Measured, Row

_HEAD = ("what", "target", "measured (quartiles)", "ours", "peer", "floor", "")


def rendered(rows: Sequence[Row]) -> str:
    """The table, and under it what is to be said of its lines."""
    lines = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(_HEAD))]
    texts = [_padded(line, widths) for line in lines]
    texts.insert(1, "-" * max(map(len, texts)))
    return "\n".join([*texts, *(line for row in rows for line in _remarks(row))]) + "\n"


def number(value: float) -> str:
    """Three digits that count, and as many as there are before the point."""
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:.1e}"


def _padded(line: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(line, widths, strict=True)
    return "  ".join(cell.ljust(width) for cell, width in pairs).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    unit = row.measured.unit
    target = "" if row.target is None else f"{row.target.bound} {number(row.target.value)} {unit}"
    verdict = {True: "pass", False: "WRONG" if row.guards else "MISS", None: ""}[row.passes]
    sides = [_shown(part) for part in (row.ours, row.peer, row.floor)]
    return (row.what, target.rstrip(), _with_quartiles(row.measured), *sides, verdict)


def _with_quartiles(measured: Measured) -> str:
    shown = f"{number(measured.median)} {measured.unit}".rstrip()
    if len(measured.values) == 1:
        return shown
    low, _, high = measured.quartiles
    return f"{shown} ({number(low)} to {number(high)})"


def _shown(measured: Measured | None) -> str:
    if measured is None:
        return ""
    return f"{measured.name} {number(measured.median)} {measured.unit}".strip()


def _remarks(row: Row) -> list[str]:
    if not row.note and not row.profile:
        return []
    note = f": {row.note}" if row.note else ""
    return ["", f"{row.what}{note}", *(f"    {line}" for line in row.profile)]
