"""A run folder, read."""

import dataclasses
import math
import tomllib
from pathlib import Path
from typing import Any

from decision_mamba.errors import BadInput
from decision_mamba.result import Played, Result, read_rows


@dataclasses.dataclass(frozen=True)
class Metric:
    """One line of `metrics.jsonl`, as far as a report shows it."""

    update: int
    loss: float
    learning_rate: float


@dataclasses.dataclass(frozen=True)
class Record:
    """What a run left in its folder.

    Attributes:
        settings: nested tables as in `settings.toml`; None where the file is missing.
        metrics: by update, each update once.
        evaluations: every episode played, each once, in the order they were played.
        video: an MP4 file.
        without_video: the run's own sentence on why it has none.
    """

    folder: Path
    result: Result
    settings: dict[str, Any] | None
    metrics: tuple[Metric, ...]
    evaluations: tuple[Played, ...]
    video: bytes | None
    without_video: str | None

    @property
    def name(self) -> str:
        """The folder's own name, also where it was given as "."."""
        return self.folder.resolve().name


def read_record(folder: Path) -> Record:
    """Reads a run folder, finished or not; only `result.json` must be there.

    Raises:
        BadInput: the folder is none of a run, or one of its files is damaged.
    """
    video = folder / "video.mp4"
    return Record(
        folder=folder,
        result=_read_result(folder),
        settings=_read_settings(folder / "settings.toml"),
        metrics=_read_metrics(folder / "metrics.jsonl"),
        evaluations=_read_evaluations(folder / "evaluations.jsonl"),
        video=video.read_bytes() if video.exists() else None,
        without_video=_read_sentence(folder / "video.txt"),
    )


def _read_result(folder: Path) -> Result:
    if not folder.is_dir():
        raise BadInput(f"{folder} is not a run folder: there is no such directory")
    path = folder / "result.json"
    if not path.exists():
        raise BadInput(f"{folder} is not a run folder: it has no result.json")
    try:
        return Result.read(path)
    except (TypeError, ValueError) as error:
        raise _damaged(path, error) from error


def _read_settings(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        return tomllib.loads(path.read_text())
    except ValueError as error:
        raise _damaged(path, error) from error


def _read_metrics(path: Path) -> tuple[Metric, ...]:
    try:
        metrics = [
            Metric(int(row["update"]), float(row["loss"]), float(row["learning_rate"]))
            for row in read_rows(path)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error
    # A run that was killed and resumed repeats the updates since its last checkpoint.
    once = {metric.update: metric for metric in metrics}
    return tuple(once[update] for update in sorted(once))


def _read_evaluations(path: Path) -> tuple[Played, ...]:
    try:
        episodes = [_checked(Played.from_row(row)) for row in read_rows(path)]
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error
    once = {(e.update, e.task, e.mode, e.target, e.seed, e.episode, e.number): e for e in episodes}
    return tuple(once.values())


def _checked(played: Played) -> Played:
    if not math.isfinite(played.total_reward):
        raise ValueError(f"episode {played.episode} of update {played.update} has no finite return")
    return played


def _read_sentence(path: Path) -> str | None:
    return path.read_text().strip() if path.exists() else None


def _damaged(path: Path, error: Exception) -> BadInput:
    return BadInput(
        f"{path} cannot be read ({type(error).__name__}: {error}); "
        "restore it or leave this run out of the report"
    )
