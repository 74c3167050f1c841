"""`decision-mamba analyse learning`: what runs reach in unseen tasks by remembering."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import torch
import tyro
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from decision_mamba.cli.analyse.learning_numbers import as_json
from decision_mamba.cli.analyse.learning_table import as_markdown, as_table
from decision_mamba.cli.parsing import parse
from decision_mamba.experiments.learning import (
    Terms,
    Trial,
    episodes_of,
    rows,
    trial,
    usual_episodes,
)
from decision_mamba.experiments.machine import choose_device
from decision_mamba.experiments.shelf import Shelf
from decision_mamba.experiments.sitting import Sitting
from decision_mamba.experiments.trained import (
    Trained,
    learners,
    require_one_task,
    trained_in_context,
)
from decision_mamba.files import require_writable, write_atomically
from decision_mamba.models.memory import Mode


@dataclasses.dataclass(frozen=True)
class Learning:
    """Compares runs by what they reach, without an update, in tasks they have not learned from.

    Each plays tasks it has learned from at every temperature, then unseen ones at the temperature
    whose last episode there was best, and as a control forgets at each episode. Runs that differ
    by their seed only are one row, with the 95 % interval over seeds. What was played is kept, so
    that the same command goes on where it was stopped, and with more runs plays those only.
    """

    runs: Annotated[
        tyro.conf.Positional[tuple[Path, ...]],
        tyro.conf.arg(metavar="RUN [RUN ...]", help_behavior_hint=""),
    ] = ()
    """Folders of runs that have learned from contexts, of one task."""
    episodes: Annotated[int, tyro.conf.arg(metavar="COPIES")] = 128
    """Copies of tasks, which play their episodes side by side; each task has as many."""
    consecutive: int | None = None
    """Episodes that follow one another in each copy; by default 40, or 1 where all runs have
    learned from single episodes."""
    read: int | None = None
    """The episode by which runs are compared; a temperature is chosen and the control played until
    there. By default the 20th, or the last of fewer."""
    temperatures: Annotated[tuple[float, ...], tyro.conf.arg(metavar="T [T ...]")] = (
        0.2, 0.3, 0.5, 0.7, 1.0,
    )  # fmt: skip
    """To choose among; 0 takes the likeliest action. Continuous actions have none."""
    seed: int = 0
    """Of tasks, starts and choices, the same for all runs."""
    mode: Mode | None = None
    """window: policies read their last steps anew at every step, as many as a context has;
    recurrent: they carry a state, which forgets nothing; hopping: a state of the steps that a
    context has, of which the oldest tenth is forgotten once they are full; by default as each run
    has it."""
    device: str = "auto"
    """auto, cpu or cuda."""
    out: Path = Path("runs/learning")
    """Folder to write to."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba analyse learning`."""
    asked: Learning = parse(Learning, argv, command="analyse learning")
    # Asked for here, before an episode is played, because it needs an extra.
    from decision_mamba.cli.analyse.learning_picture import picture

    runs = [trained_in_context(path) for path in dict.fromkeys(asked.runs)]
    require_one_task(runs)
    groups, terms, device = learners(runs), _terms(asked, runs), choose_device(asked.device)
    shelf = Shelf(asked.out / "runs", device)
    require_writable(asked.out / "learning.json")
    shelf.require_writable()
    try:
        trials = _played(runs, terms, shelf, device=device)
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt("stopped; the same command goes on") from stop
    of_learners = {name: [trials[run.path] for run in group] for name, group in groups.items()}
    found = rows(of_learners, read=terms.read)
    Console(highlight=False).print(as_table(found, terms))
    write_atomically(asked.out / "learning.json", as_json(found, terms, device).encode())
    write_atomically(asked.out / "learning.md", as_markdown(found, terms).encode())
    write_atomically(asked.out / "learning.png", picture(found))
    print(f"{asked.out}: learning.json, learning.md and learning.png")


def _terms(asked: Learning, runs: Sequence[Trained]) -> Terms:
    consecutive, read = usual_episodes(runs)
    consecutive = consecutive if asked.consecutive is None else asked.consecutive
    read = min(read, consecutive) if asked.read is None else asked.read
    return Terms(asked.episodes, consecutive, read, asked.temperatures, asked.seed, asked.mode)


def _played(
    runs: Sequence[Trained], terms: Terms, shelf: Shelf, *, device: torch.device
) -> dict[Path, Trial]:
    """What came of each run, with a bar of progress on a terminal."""
    console = Console(stderr=True)
    total, over = sum(episodes_of(run, terms, device) for run in runs), 0
    trials: dict[Path, Trial] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("playing", total=total)
        for one in runs:
            bar.update(task, description=one.path.name)
            for event in trial(one, terms, shelf, device=device):
                if isinstance(event, Trial):
                    trials[one.path] = event
                elif isinstance(event, Sitting):
                    over += len(event.played)
                    bar.update(task, completed=over)
                else:
                    bar.advance(task)
    return trials
