"""What a person sees while an experiment runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from decision_mamba.evaluation.scores import scale_name
from decision_mamba.experiments.events import Event, Judging
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.result import Played, Reading, Result, half_interval
from decision_mamba.training.fit import Progress as Update
from decision_mamba.words import counted

# Progress lines of a run whose output is not a terminal: so many, and one after so many seconds of
# training without any.
_LINES, _SECONDS = 10, 60.0


class Display:
    """A bar with loss, updates per second and time left; without a terminal, a line now and then.

    Attributes:
        console: where it is shown; standard error, so that standard output stays free for data.
    """

    def __init__(self, experiment: Experiment, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self._per_line = max(-(-experiment.training.updates // _LINES), 1)
        self._lines, self._told_at = 0, 0.0
        self._episodes = experiment.evaluation.episodes
        self._consecutive = experiment.evaluation.consecutive
        self._returns: dict[float | None, list[float]] = {}
        self._started: tuple[int, float] | None = None
        self._last_step = ""  # its loss, where it is told apart
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            TimeRemainingColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self._training: TaskID | None = None

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draws inside the block."""
        with self._bar:
            yield

    def show(self, event: Event) -> None:
        """Takes in what happened."""
        match event:
            case Update():
                self._update(event)
            case Judging():
                self._state("playing")
            case Played():
                self._played(event)
            case Result():
                self._result(event)

    def _result(self, result: Result) -> None:
        if self._training is None:
            self._begin(result)
        self._tell_returns(result)
        if result.status == "finished":
            self._bar.stop()
            for reading in result.readings:
                self._tell(f"  {sentence(reading, result.task)}")

    def _begin(self, result: Result) -> None:
        data = result.data
        self._tell(
            f"{result.preset}: {result.parameters:,} parameters on {result.device}, "
            f"{data.episodes:,} episodes with {data.steps:,} steps, "
            f"update {result.update:,} of {result.updates:,}"
        )
        self._started = (result.update, result.seconds)
        self._lines, self._told_at = result.update // self._per_line, result.seconds
        self._training = self._bar.add_task(
            "training", total=result.updates, completed=result.update, state=""
        )

    def _update(self, progress: Update) -> None:
        assert self._started is not None
        assert self._training is not None
        speed = (progress.update - self._started[0]) / (progress.seconds - self._started[1])
        if progress.last_step_loss is not None:
            self._last_step = f"last step {progress.last_step_loss:.4f} · "
        state = f"loss {progress.loss:.4f} · {self._last_step}{speed:.1f} updates/s"
        self._bar.update(self._training, completed=progress.update, state=state)
        # On a card several updates are told of at once, so that a multiple may be jumped over.
        lines = progress.update // self._per_line
        is_due = lines > self._lines or progress.seconds - self._told_at >= _SECONDS
        if not self.console.is_terminal and is_due:
            self._lines, self._told_at = lines, progress.seconds
            self._tell(f"update {progress.update:,}: {state}")

    def _played(self, played: Played) -> None:
        if played.number < self._consecutive:
            return  # what counts of consecutive episodes is the last
        returns = self._returns.setdefault(played.target, [])
        returns.append(played.total_reward)
        episodes = f"{len(returns)} of {self._episodes} episodes"
        self._state(f"playing {played.task}, {_asked(played.target)}{episodes}")

    def _state(self, state: str) -> None:
        assert self._training is not None
        self._bar.update(self._training, state=state)

    def _tell_returns(self, result: Result) -> None:
        for target, returns in self._returns.items():
            mean = sum(returns) / len(returns)
            self._tell(
                f"update {result.update:,}: {_asked(target)}reached "
                f"{_plus_minus(mean, half_interval(returns))} "
                f"({counted(len(returns), 'episode')} of {result.task})"
            )
        self._returns.clear()

    def _tell(self, text: str) -> None:
        # Unwrapped, so that in a file a line stays a line.
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)


def sentence(reading: Reading, task: str) -> str:
    """A reading as a line of text, with the words that say which it is."""
    score = "" if reading.normalised is None else f", {scale_name(task)} {reading.normalised:.1f}"
    return (
        f"{reading.label}: {_plus_minus(reading.mean, reading.interval)}{score} "
        f"(update {reading.update:,}, {counted(reading.episodes, _unit(reading))})"
    )


def _plus_minus(mean: float, interval: float | None) -> str:
    digits = 0 if abs(mean) >= 100 else 2
    spread = "" if interval is None else f" ± {interval:,.{digits}f}"
    return f"{mean:,.{digits}f}{spread}"


def _unit(reading: Reading) -> str:
    return "task" if reading.rule.endswith("-episode") else "episode"


def _asked(target: float | None) -> str:
    return "" if target is None else f"asked for {target:,.10g}, "
