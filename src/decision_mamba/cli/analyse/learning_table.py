"""A comparison of learners as a table: on a terminal the main columns, in a file all of them."""

import dataclasses
from collections.abc import Callable, Sequence

from rich.table import Table

from decision_mamba.by_episode import Mean
from decision_mamba.cli.evaluate_in_context import number, plus_minus
from decision_mamba.envs.mazes import maze, settings_of
from decision_mamba.experiments.learning import Row, Terms
from decision_mamba.experiments.machine import versions
from decision_mamba.experiments.scoring import carried, reading_of_intervals
from decision_mamba.models.memory import Mode
from decision_mamba.words import counted

_SHOWN = (1, 5, 10, 20)  # episodes that have a column; so have the one read and the last
_FEW = 4  # tasks that can be shown one by one
_REMEMBERED: dict[Mode | None, str] = {
    None: "",
    "window": "Every policy reads its last steps anew at each step, as many as its context has. ",
    "recurrent": "Every policy carries a state, which forgets nothing. ",
    "hopping": "Every policy carries a state of its last steps, of as many as its context has. ",
}


@dataclasses.dataclass(frozen=True)
class _Column:
    """A column behind the learner's name; `short` is its heading on a terminal, if it is there."""

    heading: str
    short: str
    cell: Callable[[Row], str]


def as_table(found: Sequence[Row], terms: Terms) -> Table:
    """The learners by episode, narrow: intervals stand below their means."""
    title = f"{_task(found)}, {played_in(found)}: mean return by episode"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.caption, table.caption_justify = _optimum(found), "left"
    table.add_column("learner", vertical="bottom", overflow="fold")
    columns = [column for column in _columns(found, terms) if column.short]
    for column in columns:
        table.add_column(column.short, justify="right", vertical="bottom")
    for row in found:
        cells = (column.cell(row).replace(" ", "\n", 1) for column in columns)
        table.add_row(row.learner.row, *cells)
    return table


def as_markdown(found: Sequence[Row], terms: Terms) -> str:
    """What was compared, how, all the columns, and what may be said of them."""
    columns = _columns(found, terms)
    cells = [
        ["learner", *(column.heading for column in columns)],
        ["---", *("---:" for _ in columns)],
        *([row.learner.row, *(column.cell(row) for column in columns)] for row in found),
    ]
    parts = [
        f"# Learning in context: {_task(found)}",
        f"    {_command(found, terms)}",
        _method(found, terms),
        " ".join([reading_of_intervals("tasks"), *_on_single_seeds(found), *_on_beginnings(found)]),
        "\n".join(f"| {' | '.join(row)} |" for row in cells),
        carried([row.learner for row in found]),
        " ".join(part for part in (f"Played: {played_in(found)}.", *_on_tasks(found)) if part),
        "![Return by episode](learning.png)",
        f"Versions: {', '.join(versions())}.",
    ]
    return "\n\n".join(parts) + "\n"


def best_label(terms: Terms) -> str:
    """The rule of the reading that is not the last episode's."""
    return f"each copy's best of {counted(terms.read, 'episode')}, as AT and IDT report"


def played_in(found: Sequence[Row]) -> str:
    """How many tasks of which kind, in how many copies."""
    copies = counted(found[0].trials[0].lasting.settings.episodes, "copy")
    counts = sorted({len(trial.reached.tasks) for row in found for trial in row.trials})
    if counts == [0]:
        return copies
    kind = "unseen task" if _holds_out(found) else "task"
    fewest = f"{counts[0]} to " if len(counts) > 1 else ""
    return f"{fewest}{counted(counts[-1], kind)} in {copies}"


def _columns(found: Sequence[Row], terms: Terms) -> list[_Column]:
    read, last = terms.read, terms.consecutive
    episodes = sorted({*(one for one in _SHOWN if one < last), read, last})
    columns = [
        _Column("seeds", "", lambda row: str(len(row.trials))),
        _Column("updates", "", lambda row: f"{row.trials[0].run.result.update:,}"),
        _Column("parameters", "", lambda row: f"{row.trials[0].run.result.parameters:,}"),
        _Column("temperature", "temper-\nature", _temperatures),
        *(_of_episode(one, is_last=one == last) for one in episodes),
    ]
    if last > 1:
        columns += [
            _Column(
                f"forgetting at each, episode {read}", f"for-\ngetting\n{read}",
                lambda row: _with_interval(row, row.learner.control[read - 1]),
            ),
            _Column(best_label(terms), "", lambda row: _with_interval(row, row.learner.best)),
        ]  # fmt: skip
    if any(row.learner.paid < 1 for row in found):
        columns.append(
            _Column(
                f"copies ever paid by episode {read}", "", lambda row: f"{row.learner.paid:.1%}"
            )
        )
    columns.append(_Column(f"of each seed, episode {read}", "", _of_each_seed))
    if 0 < max(len(row.tasks) for row in found) <= _FEW:
        columns.append(_Column(f"of each task, episode {read}", "of each\ntask", _of_each_task))
    return columns


def _of_episode(episode: int, *, is_last: bool) -> _Column:
    heading = f"episode {episode}{', the last' if is_last else ''}"
    return _Column(
        heading, str(episode), lambda row: _with_interval(row, row.learner.lasting[episode - 1])
    )


def _with_interval(row: Row, mean: Mean) -> str:
    """In brackets where the interval is not over seeds."""
    if len(row.trials) > 1 or mean.interval is None:
        return plus_minus(mean.mean, mean.interval)
    return f"{number(mean.mean)} (± {number(mean.interval)})"


def _temperatures(row: Row) -> str:
    chosen = [trial.temperature for trial in row.trials]
    shown = chosen[:1] if len(set(chosen)) == 1 else chosen
    return ", ".join("–" if one is None else f"{one:g}" for one in shown)


def _of_each_seed(row: Row) -> str:
    return ", ".join(map(number, row.learner.of_each))


def _of_each_task(row: Row) -> str:
    """The mean over seeds of each task's own return at the episode read."""
    means = []
    for task in sorted(row.tasks):
        found = [one.tasks[task] for one in row.learner.runs if task in one.tasks]
        means.append(sum(returns[row.learner.read - 1] for returns in found) / len(found))
    return ", ".join(map(number, means))


def _command(found: Sequence[Row], terms: Terms) -> str:
    """The command that anybody can type: without the places of this machine."""
    runs = [trial.run.path.resolve().name for row in found for trial in row.trials]
    temperatures = " ".join(f"{one:g}" for one in terms.temperatures)
    mode = f" --mode {terms.mode}" if terms.mode else ""
    return (
        f"decision-mamba analyse learning {' '.join(runs)} --episodes {terms.copies} "
        f"--consecutive {terms.consecutive} --read {terms.read} --temperatures {temperatures} "
        f"--seed {terms.seed}{mode}"
    )


def _method(found: Sequence[Row], terms: Terms) -> str:
    chosen = (
        f"At each temperature a run plays {counted(terms.read, 'episode')} in a row of tasks it "
        "has learned from, and the temperature is kept whose last episode was best there."
    )
    if all(trial.temperature is None for row in found for trial in row.trials):
        chosen = "Actions are continuous, so there is no temperature to choose."
    elif names := _at_an_edge(found, terms):
        chosen += (
            f" For {', '.join(names)} it is the lowest or the highest of those, so that others may "
            "suit better."
        )
    return (
        "Nothing is learned while playing: what gets better from episode to episode is remembered. "
        f"{_REMEMBERED[terms.mode]}{chosen} What is scored are other episodes, begun alike for all "
        f"runs. Rows are ordered by the mean return of episode {terms.read}."
    )


def _at_an_edge(found: Sequence[Row], terms: Terms) -> list[str]:
    """Learners that chose an outermost of several temperatures; below 0 there is none."""
    if len(terms.temperatures) < 2:
        return []
    outermost = {min(terms.temperatures), max(terms.temperatures)} - {0.0}
    return [
        row.learner.row
        for row in found
        if any(trial.temperature in outermost for trial in row.trials)
    ]


def _on_single_seeds(found: Sequence[Row]) -> list[str]:
    if all(len(row.trials) > 1 for row in found):
        return []
    return [
        "In brackets, where there is one seed, it is over tasks and says nothing of other seeds."
    ]


def _on_beginnings(found: Sequence[Row]) -> list[str]:
    """Seeds that begin with the same weights are alike from there on."""
    names = []
    for row in found:
        ways = [trial.run.experiment.init_from for trial in row.trials]
        if None not in ways and len(set(ways)) < len(ways):
            names.append(row.learner.row)
    if not names:
        return []
    return [
        f"Seeds of {', '.join(names)} began with the weights of one run: their interval says "
        "nothing of other runs to begin with."
    ]


def _on_tasks(found: Sequence[Row]) -> list[str]:
    said = []
    if _is_maze(found) and not _holds_out(found):
        said.append(
            "All of them were learned from, for this family has too few to hold any out; the "
            "temperature was chosen by other draws."
        )
    if len({frozenset(trial.reached.tasks) for row in found for trial in row.trials}) > 1:
        said.append(
            "They are not the same for all runs, whose data were split otherwise: a difference "
            "may be one of tasks."
        )
    return [*said, _optimum(found)]


def _optimum(found: Sequence[Row]) -> str:
    optima = sorted({number(row.optimum) for row in found if row.optimum is not None})
    if not optima:
        return ""
    return f"The best policy that knows the tasks earns {' or '.join(optima)} on average."


def _task(found: Sequence[Row]) -> str:
    return found[0].trials[0].run.task


def _is_maze(found: Sequence[Row]) -> bool:
    return settings_of(_task(found)) is not None


def _holds_out(found: Sequence[Row]) -> bool:
    return maze(_task(found)).holds_out
