"""The folder of a run: every file in it is whole at any moment, whenever the process dies."""

import dataclasses
import json
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomli_w

from decision_mamba.errors import BadInput, Failure
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.files import write_atomically
from decision_mamba.result import Played, Result, read_rows
from decision_mamba.settings import flat, from_dict, to_dict

# What may change when a run is resumed: none of it alters an update that was made. (The number
# of updates does where the learning rate falls towards the last one.)
_FREE = ("training.checkpoint_every", "training.log_every", "evaluation.")
# These change what every return in the folder means.
_HELD = (
    "evaluation.keep_target", "evaluation.noise", "evaluation.preprocessing",
    "evaluation.consecutive", "evaluation.memory", "evaluation.tasks",
    "evaluation.temperature", "evaluation.top_k",
)  # fmt: skip


class RunFolder:
    """Settings, metrics, evaluations, policy, checkpoint and result of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = path / "settings.toml"
        self.metrics = path / "metrics.jsonl"
        self.evaluations = path / "evaluations.jsonl"
        self.policy = path / "policy.safetensors"
        self.checkpoint = path / "checkpoint"
        self.result = path / "result.json"
        self.video = path / "video.mp4"
        self.without_video = path / "video.txt"

    def begin(self, experiment: Experiment, *, resume: bool) -> None:
        """Makes the folder, or makes sure that it holds the run to be resumed.

        Raises:
            BadInput: what `admit` raises, or it cannot be written to.
        """
        self.admit(experiment, resume=resume)
        self._make()
        write_atomically(self.settings, tomli_w.dumps(to_dict(experiment)).encode())

    def admit(self, experiment: Experiment, *, resume: bool) -> None:
        """Makes sure, before anything is read or made, that the run may be in this folder.

        Raises:
            BadInput: it holds a run and `resume` is not asked for, or a run of other settings,
                or something else.
        """
        if self.settings.exists():
            if not resume:
                raise BadInput(
                    f"{self.path} already holds a run; add --resume to continue it, or choose "
                    "another --out"
                )
            self._refuse_other_settings(experiment)
        elif self._holds_something_else():
            raise BadInput(
                f"{self.path} is not empty and holds no run; choose another --out, such as "
                f"{self.path / _word(experiment)}"
            )

    def rewind(self, update: int) -> None:
        """Forgets the lines of updates that the checkpoint has not seen: they are made again."""
        for path in (self.metrics, self.evaluations):
            kept = [row for row in read_rows(path) if row["update"] <= update]
            write_atomically(path, _lines(kept).encode())

    def log(self, progress: Any) -> None:
        """Adds one line to the metrics.

        Raises:
            Failure: the disk does not take it.
        """
        try:
            with self.metrics.open("a") as file:
                file.write(_lines([_known(dataclasses.asdict(progress))]))
        except OSError as problem:
            raise Failure(
                f"{self.metrics} could not be written: {problem.strerror}; make room and resume "
                "the run from its last checkpoint with --resume"
            ) from problem

    def record(self, played: Sequence[Played]) -> None:
        """Adds an evaluation's episodes, all or none, in the place of earlier ones of its kind.

        There are such where a run is resumed with more episodes than it was judged by before.
        """
        kinds = {_kind(one) for one in played}
        kept = [one for one in self.played() if _kind(one) not in kinds]
        rows = [one.to_row() for one in (*kept, *played)]
        write_atomically(self.evaluations, _lines(rows).encode())

    def played(self) -> list[Played]:
        """Every episode that was evaluated so far."""
        return [Played.from_row(row) for row in read_rows(self.evaluations)]

    def conclude(self, result: Result) -> None:
        """Writes the result as it stands."""
        write_atomically(self.result, result.to_json().encode())

    def _holds_something_else(self) -> bool:
        # What a kill leaves behind before the settings are written has a hidden name.
        return self.path.is_dir() and any(
            not entry.name.startswith(".partial.") for entry in self.path.iterdir()
        )

    def _make(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise _not_writable(self.path, problem) from problem
        if not os.access(self.path, os.W_OK):
            raise _not_writable(self.path, None)

    def _refuse_other_settings(self, experiment: Experiment) -> None:
        wanted, there = flat(experiment), flat(read_settings(self.settings))
        free = _FREE if experiment.training.falls_to_the_end else (*_FREE, "training.updates")
        for name in sorted(wanted.keys() | there.keys()):
            is_free = name.startswith(free) and not name.startswith(_HELD)
            if wanted.get(name) != there.get(name) and not is_free:
                raise BadInput(
                    f"{self.path} was trained with {name} = {there.get(name)}, not "
                    f"{wanted.get(name)}; resume it with its own settings, remove it, or choose "
                    "another --out"
                )


def default_folder(experiment: Experiment) -> Path:
    """Where a run goes that was given no place."""
    return Path("runs") / _word(experiment)


def read_settings(path: Path) -> Experiment:
    """Reads a run's `settings.toml`.

    Raises:
        BadInput: it is damaged, or holds settings that are not known.
    """
    try:
        plain = tomllib.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise BadInput(f"{path} cannot be read as settings: {problem}") from problem
    experiment: Experiment = from_dict(Experiment, plain)
    return experiment


def evaluation_of(policy: Path) -> Evaluation | None:
    """How the run was evaluated in whose folder a policy lies; None where that is no run's.

    Args:
        policy: the folder, or the policy's file.
    """
    settings = RunFolder(policy if policy.is_dir() else policy.parent).settings
    return read_settings(settings).evaluation if settings.exists() else None


def _word(experiment: Experiment) -> str:
    # Neither a slash, nor a colon, which shells and other systems read as something else.
    return experiment.preset.replace("/", "-").replace(":", "-")


def _kind(played: Played) -> tuple[int, str, str, float | None]:
    return played.update, played.task, played.mode, played.target


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def _not_writable(path: Path, problem: OSError | None) -> BadInput:
    why = f" ({problem.strerror})" if problem is not None and problem.strerror else ""
    return BadInput(f"{path} cannot be written to{why}; choose another folder with --out")
