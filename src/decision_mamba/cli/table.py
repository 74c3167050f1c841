"""`decision-mamba table`: carries out every run of a table and writes its scores."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import tyro
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from decision_mamba.cli.parsing import parse
from decision_mamba.data.folder import VARIABLE
from decision_mamba.data.sources import find
from decision_mamba.errors import BadInput, Failure
from decision_mamba.experiments.grid import Advanced, carry_out, is_finished
from decision_mamba.experiments.limits import refuse_what_cannot_be
from decision_mamba.experiments.machine import choose_device, versions
from decision_mamba.experiments.papers.table import Table
from decision_mamba.experiments.scoring import as_json, page, scores
from decision_mamba.experiments.tables import Cell, cells, table, tables
from decision_mamba.files import require_writable, write_atomically


@dataclasses.dataclass(frozen=True)
class Arguments:
    """Carries out every run of a table, several at a time, and writes its scores.

    Runs that are finished are kept and stopped ones go on, so that the same command continues
    where it was interrupted. Without a name it lists the tables.
    """

    table: Annotated[tyro.conf.Positional[str], tyro.conf.arg(metavar="PAPER/TABLE")] = ""
    """Which table, such as family/hopper or in-context/darkroom; ablation/PRESET is a preset beside
    its neighbours."""
    seeds: int | None = None
    """How many of the table's seeds; by default all."""
    updates: int | None = None
    """Updates of every run in place of the table's own, for a look."""
    rows: tuple[str, ...] = ()
    """Only the rows whose names begin with one of these; the others are shown as they stand."""
    on: Literal["local"] = "local"
    """Where the runs are carried out: on this machine."""
    data: Path | None = None
    """The folder that holds the data sets; by default the one that DECISION_MAMBA_DATA names."""
    out: Path | None = None
    """The folder of the runs; by default one below `runs`, named for the table."""
    page: Path | None = None
    """Also write the table as Markdown into this file; it always goes to table.md in --out."""
    workers: int | None = None
    """Runs at a time; by default one per core, or one in all on a card."""
    device: str = "auto"
    """auto, cpu or cuda."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba table`."""
    asked: Arguments = parse(Arguments, argv, command="table")
    if not asked.table:
        for one in tables().values():
            print(f"{one.name:<26}{one.title}")
        print(f"{'ablation/PRESET':<26}A preset and its neighbours, each different in one thing")
        return
    chosen = _cut(table(asked.table), asked.updates)
    out = asked.out or Path("runs") / f"table-{chosen.name.replace('/', '-')}"
    workers = _workers(asked)
    seeds = _seeds(asked, chosen)
    all_cells = list(cells(chosen, chosen.seeds[:seeds], out, asked.updates))
    wanted = _wanted(all_cells, asked.rows)
    # All, because a row that is only shown must be this table's as well.
    finished = {cell.folder for cell in all_cells if is_finished(cell)}
    missing = [cell for cell in wanted if cell.folder not in finished]
    for path in (out / "table.md", asked.page):
        if path is not None:
            require_writable(path)
    _refuse_what_cannot_be_run(missing, asked)
    console = Console(stderr=True)
    console.print(f"{len(wanted) - len(missing)} of {len(wanted)} runs are finished", style="dim")
    try:
        problems = _carry_out(missing, workers, asked.device, console)
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt("stopped; the same command goes on") from stop
    text = page(chosen, scores(all_cells), _command(chosen, seeds, asked.updates), versions())
    _write(out, asked.page, text, as_json(chosen, scores(all_cells)))
    print(text, end="")
    if problems:
        raise Failure(f"{len(problems)} of {len(wanted)} runs failed: {'; '.join(problems)}")


def _seeds(asked: Arguments, chosen: Table) -> int:
    if asked.seeds is None:
        return len(chosen.seeds)
    if not 1 <= asked.seeds <= len(chosen.seeds):
        raise BadInput(
            f"seeds is {asked.seeds}; {chosen.name} has {len(chosen.seeds)}, so ask for 1 to "
            f"{len(chosen.seeds)}"
        )
    return asked.seeds


def _workers(asked: Arguments) -> int:
    if asked.workers is None:
        return 1 if choose_device(asked.device).type == "cuda" else os.cpu_count() or 1
    if asked.workers < 1:
        raise BadInput(f"workers is {asked.workers}; expected at least 1")
    return asked.workers


def _wanted(all_cells: Sequence[Cell], rows: tuple[str, ...]) -> list[Cell]:
    names = list(dict.fromkeys(cell.row for cell in all_cells))
    for row in rows:
        if not any(name.startswith(row) for name in names):
            raise BadInput(f"no row begins with {row!r}; there are {'; '.join(names)}")
    return [cell for cell in all_cells if not rows or cell.row.startswith(rows)]


def _refuse_what_cannot_be_run(missing: Sequence[Cell], asked: Arguments) -> None:
    """Says at once, and once, what every run would say for itself."""
    choose_device(asked.device)
    if asked.data is not None:
        if not asked.data.is_dir():
            raise BadInput(f"{asked.data} is no folder; --data takes one that holds data sets")
        os.environ[VARIABLE] = str(asked.data)
    for cell in missing:
        refuse_what_cannot_be(cell.experiment)
        for source in cell.experiment.data:
            find(source)


def _carry_out(missing: Sequence[Cell], workers: int, device: str, console: Console) -> list[str]:
    """Carries out what is not finished yet; returns a sentence for each run that failed."""
    problems = []
    with _bar(console) as bar:
        total = sum(cell.experiment.training.updates for cell in missing)
        task = bar.add_task("updates", total=total)
        made = dict.fromkeys((cell.name for cell in missing), 0)
        for event in carry_out(missing, workers, device):
            if isinstance(event, Advanced):
                made[event.cell.name] = event.update
                bar.update(task, completed=sum(made.values()))
                continue
            console.print(f"{event.cell.name}: {event.problem or 'finished'}", highlight=False)
            if event.problem:
                problems.append(f"{event.cell.name}: {event.problem}")
    return problems


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}"))
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True)


def _write(out: Path, place: Path | None, text: str, numbers: str) -> None:
    write_atomically(out / "table.json", numbers.encode())
    for path in (out / "table.md", place):
        if path is not None:
            write_atomically(path, text.encode())


def _cut(chosen: Table, updates: int | None) -> Table:
    if updates is None:
        return chosen
    note = f"**Cut to {updates:,} updates for each run: a look, and not this table.**"
    return dataclasses.replace(chosen, notes=(note, *chosen.notes))


def _command(chosen: Table, seeds: int, updates: int | None) -> str:
    """The command that anybody can type: without the places of this machine."""
    cut = "" if updates is None else f" --updates {updates}"
    return f"decision-mamba table {chosen.name} --seeds {seeds}{cut} --data FOLDER"
