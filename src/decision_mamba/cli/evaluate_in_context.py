"""`decision-mamba evaluate --consecutive`: episodes that follow one another in unseen tasks."""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from decision_mamba.analysis.acting import ActingCost, Measured
from decision_mamba.by_episode import by_episode
from decision_mamba.cli.evaluate_scores import in_words_of_choice
from decision_mamba.envs import reference, settings_of
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.evaluation.in_context import is_elsewhere, play, stage
from decision_mamba.evaluation.in_context_readings import optimum, readings_in_context
from decision_mamba.experiments.filming_in_context import film_in_context, picture_in_context
from decision_mamba.experiments.player import player
from decision_mamba.experiments.sitting import Sitting
from decision_mamba.files import require_writable, write_atomically
from decision_mamba.models import Policy
from decision_mamba.models.memory import Acting
from decision_mamba.result import Played
from decision_mamba.seeding import Seeds
from decision_mamba.words import counted

_SHOWN = (1, 2, 5, 10, 20)  # episodes that have a row of the table; so has the last
_MEBI = 2**20


@dataclasses.dataclass(frozen=True)
class Places:
    """What is to be written where; None for what is not asked for."""

    json: Path | None = None
    video: Path | None = None
    picture: Path | None = None


def evaluate_in_context(
    policy: Policy, settings: Evaluation, places: Places, *, name: str, seed: int
) -> None:
    """Plays, prints what was reached by episode, and writes what is asked for.

    Raises:
        BadInput: the policy cannot be played so, or a place cannot be written.
    """
    ready = stage(settings, policy.spaces, policy.acting, Seeds(seed))
    _require_places(places, settings)
    actor = Measured(player(policy, settings, seed=seed)(ready.target), policy.device)
    played = list(_with_bar(play(ready, actor, update=0), ready.starts.size))
    sitting = Sitting(settings, seed, tuple(played), actor.finished())
    Console(highlight=False).print(_table(settings, policy.acting, played, sitting.cost))
    if places.json is not None:
        outcome = {"policy": name, **sitting.to_dict()}
        write_atomically(places.json, (json.dumps(outcome, indent=2) + "\n").encode())
    for path, draw in ((places.video, film_in_context), (places.picture, picture_in_context)):
        if path is not None:
            earned = ", ".join(number(one) for one in draw(policy, path, ready))
            print(f"{path}: in one task, episode after episode, it earned {earned}")


def _require_places(places: Places, settings: Evaluation) -> None:
    """Before an hour of playing is lost to what cannot be written."""
    if places.video is not None:
        # Imported here because it needs an extra that evaluation without a camera does not.
        from decision_mamba.evaluation.film import require_film_name

        require_film_name(places.video)
    if places.picture is not None:
        _require_picture(places.picture, settings)
    for path in (places.json, places.video, places.picture):
        if path is not None:
            require_writable(path)


def _require_picture(path: Path, settings: Evaluation) -> None:
    if settings_of(settings.task or "") is None:
        raise BadInput(
            f"--picture shows ways through a maze, and {settings.task} is none; film it with "
            "--video FILE.mp4"
        )
    if path.suffix != ".png":
        raise BadInput(f"{path} is no picture that can be written; let the name end in .png")


def _with_bar(episodes: Iterable[Played], total: int) -> Iterator[Played]:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("playing", total=total)
        for one in episodes:
            bar.advance(task)
            yield one


def _table(
    settings: Evaluation, acting: Acting, played: Sequence[Played], cost: ActingCost
) -> Table:
    means = by_episode(played)
    table = Table(
        title=f"{settings.task}, {_manner(settings, acting, played)}: "
        f"mean return and 95 % interval over {_units(played)}",
        title_justify="left",
        caption=_in_words(cost),
        caption_justify="left",
    )
    table.add_column("episode")
    table.add_column("return", justify="right")
    for mean in means:
        if mean.number in _SHOWN or mean is means[-1]:
            table.add_row(str(mean.number), plus_minus(mean.mean, mean.interval))
    table.add_section()
    for reading in readings_in_context(played, reference(played[0].task)):
        table.add_row(
            reading.label.removeprefix("last update, "),
            plus_minus(reading.mean, reading.interval),
        )
    if (best := optimum(played)) is not None:
        table.add_row("optimum of these tasks", number(best))
    return table


def _manner(settings: Evaluation, acting: Acting, played: Sequence[Played]) -> str:
    parts = [f"{settings.consecutive} consecutive episodes", f"{settings.mode} mode"]
    if is_elsewhere(acting, settings):
        parts.insert(0, f"by a policy of {acting.task}")
    if settings.memory == "episode":
        parts.append("forgetting at each")
    if settings.targets:
        kept = " all through" if settings.keep_target else ""
        parts.append(f"asked for {number(settings.targets[0])}{kept}")
    parts += in_words_of_choice(settings)
    if played[0].instance is not None:
        parts.append(f"{settings.tasks} tasks")
    return ", ".join(parts)


def _units(played: Sequence[Played]) -> str:
    copies = len({one.episode for one in played})
    tasks = {one.instance for one in played} - {None}
    in_copies = counted(copies, "copy")
    return f"{counted(len(tasks), 'task')} in {in_copies}" if tasks else in_copies


def _in_words(cost: ActingCost) -> str:
    return (
        f"acting: {cost.milliseconds_per_decision:.3g} ms per decision, "
        f"{cost.seconds:.3g} s for {cost.decisions:,}; at the end "
        f"{counted(cost.copies, 'copy')} took "
        f"{cost.peak_bytes / _MEBI:.3g} MiB, {cost.state_bytes / _MEBI:.3g} of it remembered"
    )


def plus_minus(mean: float, interval: float | None) -> str:
    """A mean return as it is printed, with its interval where it has one."""
    return number(mean) if interval is None else f"{number(mean)} ± {number(interval)}"


def number(value: float) -> str:
    """A return as it is printed: in grid worlds an optimal one is 1 or 20."""
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.1f}"
