"""The scores of a table's runs, and the page that shows them."""

import dataclasses
import itertools
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

from decision_mamba.experiments.papers.table import Table
from decision_mamba.experiments.run_folder import RunFolder
from decision_mamba.experiments.tables import Cell
from decision_mamba.result import Reading, Result, half_interval

_JUDGING = ("last", "last-episode")  # the reading of a run that counts, which has one of them


@runtime_checkable
class Compared(Protocol):
    """What stands in a row of a table: a mean, and its 95 % interval if it has two seeds."""

    @property
    def row(self) -> str:
        """What the row is called."""

    @property
    def mean(self) -> float:
        """Of the seeds' scores."""

    @property
    def interval(self) -> float | None:
        """Half the 95 % interval of that mean over seeds; None for one seed."""


@dataclasses.dataclass(frozen=True)
class Score:
    """What a row reached in a column, over its seeds.

    Attributes:
        seeds: of the runs that are finished, in their order.
        returns: the mean return of each of these runs' last evaluation.
        normalised: the same on the normalised scale; empty where the task has none.
        episodes: of each evaluation.
    """

    row: str
    column: str
    parameters: int
    seeds: tuple[int, ...]
    returns: tuple[float, ...]
    normalised: tuple[float, ...]
    episodes: int

    @property
    def mean(self) -> float:
        """Of the seeds' scores, normalised where there is a scale."""
        return math.fsum(self._scores) / len(self._scores)

    @property
    def interval(self) -> float | None:
        """Half the 95 % interval of that mean over seeds; None for one seed."""
        return half_interval(list(self._scores))

    @property
    def _scores(self) -> tuple[float, ...]:
        return self.normalised or self.returns


def scores(cells: Iterable[Cell]) -> list[Score]:
    """The scores of the cells whose runs have been judged."""
    kept: dict[tuple[str, str], list[tuple[int, Result, Reading]]] = {}
    for cell in cells:
        path = RunFolder(cell.folder).result
        result = Result.read(path) if path.exists() else None
        last = (
            next((one for one in result.readings if one.rule in _JUDGING), None) if result else None
        )
        if result is not None and last is not None and result.status == "finished":
            runs = kept.setdefault((cell.row, cell.column), [])
            runs.append((cell.experiment.seed, result, last))
    return [_score(*key, runs) for key, runs in kept.items()]


def _score(row: str, column: str, runs: Sequence[tuple[int, Result, Reading]]) -> Score:
    return Score(
        row=row,
        column=column,
        parameters=runs[0][1].parameters,
        seeds=tuple(seed for seed, _, _ in runs),
        returns=tuple(last.mean for _, _, last in runs),
        normalised=tuple(last.normalised for _, _, last in runs if last.normalised is not None),
        episodes=runs[0][2].episodes,
    )


def page(table: Table, found: Sequence[Score], command: str, versions: Sequence[str]) -> str:
    """The table in Markdown: what was compared, how, the scores, and what may be said of them."""
    parts = [f"# {table.title}", f"    {command}", *table.notes, reading_of_intervals()]
    for column in table.columns:
        there = [one for one in found if one.column == column]
        parts += [f"## {column}", _rows(table, there), carried(there)]
    parts.append(f"Versions: {', '.join(versions)}.")
    return "\n\n".join(parts) + "\n"


def as_json(table: Table, found: Sequence[Score]) -> str:
    """Every number of the table."""
    rows: list[dict[str, Any]] = [
        {**dataclasses.asdict(one), "mean": one.mean, "interval": one.interval} for one in found
    ]
    return json.dumps({"table": table.name, "scores": rows}, indent=2) + "\n"


def reading_of_intervals(over: str = "episodes") -> str:
    """What ± means where each seed counts as one number, its mean over these."""
    return (
        "± is half the 95 % confidence interval of the mean over seeds (Student's t), each seed "
        f"counting as one number, its mean over {over}. Few seeds make it wide: that is what so "
        "few runs say. Where many pairs are compared, some differ by chance."
    )


def _rows(table: Table, found: Sequence[Score]) -> str:
    by_row = {one.row: one for one in found}
    scale = "normalised score" if any(one.normalised for one in found) else "return"
    lines = [
        f"| model | weights | {scale} | of each seed | mean return of each seed |",
        "|---|---:|---:|---|---|",
        *(_line(row.name, by_row.get(row.name)) for row in table.rows),
    ]
    return "\n".join(lines)


def _line(name: str, score: Score | None) -> str:
    if score is None:
        return f"| {name} | – | not run | – | – |"
    # In grid worlds an optimal return is 1 or 20.
    fine = not score.normalised and max(map(abs, score.returns)) < 100
    digits = 2 if fine else 1
    spread = "" if score.interval is None else f" ± {score.interval:.{digits}f}"
    return (
        f"| {name} | {score.parameters:,} | {score.mean:.{digits}f}{spread} "
        f"| {_each(score.normalised, 1) or '–'} | {_each(score.returns, 2 if fine else 0)} |"
    )


def _each(values: Sequence[float], digits: int) -> str:
    return ", ".join(f"{value:,.{digits}f}" for value in values)


def carried(found: Sequence[Compared]) -> str:
    """Which differences the intervals carry: those of rows whose intervals do not meet."""
    if sum(one.interval is not None for one in found) < 2:
        return "There are no two intervals to compare: a row has one from its second seed on."
    apart = [_apart(one, other) for one, other in itertools.combinations(found, 2)]
    said = [sentence for sentence in apart if sentence]
    if not said:
        return "No two intervals lie apart: these runs put no model above another."
    return "Intervals lie apart only here, and no other difference is carried: " + (
        "; ".join(said) + "."
    )


def _apart(one: Compared, other: Compared) -> str | None:
    if one.interval is None or other.interval is None:
        return None
    above, below = (one, other) if one.mean > other.mean else (other, one)
    meet = abs(one.mean - other.mean) <= one.interval + other.interval
    return None if meet else f"{above.row} above {below.row}"
