"""`decision-mamba data`: looks at recorded episodes, checks and converts them."""

import dataclasses
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from decision_mamba.cli.histogram import histogram
from decision_mamba.cli.parsing import parse
from decision_mamba.data.check import problems, problems_together
from decision_mamba.data.read import require_one_task
from decision_mamba.data.sources import Source, open_source, record_store, write_shards
from decision_mamba.data.store import Store
from decision_mamba.data.summary import Summary, summarise
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.words import counted

_SHOWN = 20  # problems of one source that are printed in full
_LISTED = 18  # actions that can be chosen from whose shares are printed: as many as Atari has

_Sources = Annotated[
    tuple[str, ...], tyro.conf.arg(metavar="SOURCE [SOURCE ...]", help_behavior_hint="")
]


@dataclasses.dataclass(frozen=True)
class Show:
    """Shows what data hold: episodes, returns, sizes, the distribution of returns."""

    sources: tyro.conf.Positional[_Sources]
    """Files, folders, data sets, minari:ID or "demo", read one behind the other. Behind an @ stands
    a part: pong.hdf5@steps=2000 is its first whole episodes that reach so many steps, @episodes=5
    its first five; folders of shards know shards, capacity, seed and per_visit as well."""
    json: bool = False
    """Print the numbers as one JSON object."""


@dataclasses.dataclass(frozen=True)
class Check:
    """Lists what is wrong with sources, alone and together; then it ends with exit code 2."""

    sources: tyro.conf.Positional[_Sources]
    """Files, folders, data sets, minari:ID or "demo"; behind an @ a part, as of data show."""


@dataclasses.dataclass(frozen=True)
class Convert:
    """Writes the episodes of all sources, one behind the other, into a file or as shards.

    What a recorded file says of how its episodes were made is not written again.
    """

    sources: tyro.conf.Positional[_Sources]
    """Files, folders, data sets, minari:ID or "demo", read one behind the other; behind an @ a
    part, as of data show."""
    out: Path
    """The .hdf5 file to write; one that is there is replaced. A name without an ending is a folder
    for shards in the layout of the DQN-replay data, which must not exist; that layout has no place
    for what was seen after an episode's last action."""


def run(argv: list[str]) -> None:
    """Carries out what stands behind `decision-mamba data`.

    Raises:
        BadInput: a source that is not there or cannot be read, or in which `check` found problems.
    """
    command: Show | Check | Convert = parse(Show | Check | Convert, argv, command="data")
    if not command.sources:
        raise BadInput("no source was named; expected files, data sets or 'demo'")
    match command:
        case Show():
            _show(command)
        case Check():
            _check(command)
        case Convert():
            _convert(command)


def _show(command: Show) -> None:
    sources = _opened(command.sources)
    require_one_task(sources)
    store = _read(sources)
    summary = summarise(store, sources)
    if command.json:
        sys.stdout.write(json.dumps(dataclasses.asdict(summary), indent=2) + "\n")
        return
    console = Console(highlight=False)
    console.print(_table(summary))
    console.print("\nReturns of the episodes", style="bold")
    for line in histogram(store.returns):
        console.print(line, no_wrap=True, overflow="crop")


def _check(command: Check) -> None:
    total = 0
    for name in command.sources:
        found = problems(name)
        for sentence in itertools.islice(found, _SHOWN):
            total += 1
            sys.stdout.write(f"{sentence}\n")
        more = sum(1 for _ in found)
        total += more
        if more:
            sys.stdout.write(f"{name}: and {more:,} more\n")
    if not total:
        for sentence in problems_together(command.sources):
            total += 1
            sys.stdout.write(f"{sentence}\n")
    if total:
        raise BadInput(
            f"{counted(total, 'problem')} in {', '.join(command.sources)}; mend what is listed "
            "before training"
        )
    sys.stdout.write(f"No problems in {', '.join(command.sources)}.\n")


def _convert(command: Convert) -> None:
    sources = _opened(command.sources)
    tasks = {source.task for source in sources}
    if len(tasks) > 1:
        named = ", ".join(f"{source.name}: {source.task or 'not said'}" for source in sources)
        raise BadInput(f"the sources come from several tasks ({named}); convert them one by one")
    store = _read(sources)
    if command.out.suffix:
        record_store(command.out, store, task=tasks.pop())
    else:
        write_shards(command.out, store, task=tasks.pop())
    sys.stdout.write(
        f"{command.out}: {counted(store.episodes, 'episode')}, {counted(store.steps, 'step')}\n"
    )
    if not command.out.suffix:
        sys.stdout.write(
            "Shards hold neither what was seen after an episode's last action nor how the episodes "
            "were made.\n"
        )


def _opened(names: Sequence[str]) -> list[Source]:
    return [open_source(name) for name in names]


def _read(sources: Sequence[Source]) -> Store:
    """Reads sources with a progress bar on the terminal, none where there is none."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("reading"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,} steps"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("reading", total=sum(source.steps for source in sources))

        def followed(episodes: Iterable[Episode]) -> Iterator[Episode]:
            for episode in episodes:
                yield episode
                bar.advance(task, len(episode))

        parts = [(source.name, followed(source.episodes())) for source in sources]
        return Store.of_parts(parts)


def _table(summary: Summary) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    for name, value in _rows(summary):
        table.add_row(name, escape(value))
    return table


def _rows(summary: Summary) -> Iterator[tuple[str, str]]:
    s = summary
    yield "source", " + ".join(s.sources)
    yield "task", s.task or "not said"
    yield "episodes", f"{s.episodes:,} ({s.terminated:,} terminated, {s.truncated:,} truncated)"
    yield "steps", f"{s.steps:,}"
    if s.left_out:
        yield "left out", f"{counted(s.left_out, 'step')} after the last end of an episode"
    yield "lengths", f"mean {s.length_mean:,.1f}, {s.length_min:,} to {s.length_max:,}"
    spread = f"± {s.return_std:,.1f}"
    yield (
        "returns",
        f"mean {s.return_mean:,.1f} {spread}, {s.return_min:,.1f} to {s.return_max:,.1f}",
    )
    yield "observation", s.frames or counted(s.observation, "number")
    bounds = _bounds(s.action_low, s.action_high)
    yield "action", _choice(s.chosen) if s.chosen else f"{counted(s.action, 'number')}, {bounds}"


def _choice(chosen: tuple[int, ...]) -> str:
    shares = [f"{action}: {100 * times / sum(chosen):.1f} %" for action, times in enumerate(chosen)]
    said = f"{', '.join(shares[:_LISTED])}{', …' if len(shares) > _LISTED else ''}"
    return f"a choice of {len(chosen)} ({said})"


def _bounds(low: tuple[float, ...], high: tuple[float, ...]) -> str:
    pairs = list(dict.fromkeys(zip(low, high, strict=True)))
    if len(pairs) == 1:
        return f"from {low[0]:g} to {high[0]:g}"
    return "; ".join(f"{a:g} to {b:g}" for a, b in zip(low, high, strict=True))
