"""Finished runs that are to be compared: each soundly read, those of one learner in a row."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from decision_mamba.errors import BadInput
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.run_folder import RunFolder, read_settings
from decision_mamba.models.policy_file import policy_path
from decision_mamba.result import Result
from decision_mamba.settings import flat

# What may differ between the seeds of one learner: none of it alters what is learned or how the
# comparison plays.
_FREE = {
    "seed", "training.checkpoint_every", "training.log_every",
    *(f"evaluation.{name}" for name in (
        "every", "episodes", "copies", "film", "consecutive", "memory", "tasks", "temperature",
    )),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Trained:
    """A finished run.

    Attributes:
        path: its folder.
        begun: preset of the run whose weights it began with, or the way there if that run is gone;
            None where they were drawn.
    """

    path: Path
    experiment: Experiment
    result: Result
    begun: str | None = None

    @property
    def task(self) -> str:
        """What it is judged by."""
        assert self.experiment.evaluation.task is not None
        return self.experiment.evaluation.task

    @property
    def settings(self) -> dict[str, Any]:
        """By their paths, those that all seeds of one learner have, and what their data come to.

        Each of them may have begun with the weights of a run of its own. Data of the same name may
        have been collected anew.
        """
        data = self.result.data
        plain = {
            **flat(self.experiment),
            "init_from": self.begun,
            "data.episodes": data.episodes,
            "data.steps": data.steps,
            "data.return": math.fsum(data.returns) / max(len(data.returns), 1),
        }
        return {path: value for path, value in plain.items() if path not in _FREE}


def trained_in_context(path: Path) -> Trained:
    """Reads a finished run that has learned from contexts.

    Raises:
        BadInput: there is none in this folder.
    """
    folder = RunFolder(path)
    if not (folder.settings.is_file() and folder.result.is_file()):
        raise BadInput(
            f"{path} holds no run; give a folder that 'decision-mamba train' has written"
        )
    experiment, result = read_settings(folder.settings), Result.read(folder.result)
    if result.status != "finished":
        raise BadInput(
            f"{path} is unfinished, at update {result.update:,} of {result.updates:,}; end it with "
            "'decision-mamba train' and --resume"
        )
    if experiment.contexts is None:
        raise BadInput(
            f"{path} is not trained on contexts, so nothing lasts from one episode to the next; "
            "give runs of presets such as ad/darkroom-mamba-small"
        )
    if experiment.evaluation.task is None:
        raise BadInput(
            f"{path} was trained for no task that could be played; train it with "
            "--evaluation.task darkroom, say"
        )
    return Trained(path, experiment, result, _begun(experiment.init_from))


def _begun(init_from: str | None) -> str | None:
    if init_from is None:
        return None
    settings = RunFolder(policy_path(init_from).parent).settings
    return read_settings(settings).preset if settings.is_file() else init_from


def require_one_task(runs: Sequence[Trained]) -> str:
    """The task of all runs.

    Raises:
        BadInput: there is no run, or they are of several tasks.
    """
    if not runs:
        raise BadInput("there is no run to compare; give the folder of at least one")
    first, *others = runs
    for other in others:
        if other.task != first.task:
            raise BadInput(
                f"{other.path} is of {other.task} and {first.path} of {first.task}, whose returns "
                "do not compare; give runs of one task"
            )
    return first.task


def learners(runs: Iterable[Trained]) -> dict[str, list[Trained]]:
    """Runs by learner: those that differ by their seed only are the seeds of one.

    A learner is called by its preset and, where several have the same, by the settings in which
    they differ as well.

    Raises:
        BadInput: two runs have the same settings and the same seed.
    """
    groups: list[list[Trained]] = []
    for run in runs:
        group = next((one for one in groups if one[0].settings == run.settings), None)
        if group is None:
            groups.append([run])
            continue
        _refuse_the_same(run, group)
        group.append(run)
    ordered = [sorted(group, key=lambda run: run.experiment.seed) for group in groups]
    return {_name(group[0], [other[0] for other in ordered]): group for group in ordered}


def _refuse_the_same(run: Trained, group: Sequence[Trained]) -> None:
    for other in group:
        if other.experiment.seed == run.experiment.seed:
            raise BadInput(
                f"{run.path} and {other.path} have the same settings and the same seed "
                f"{run.experiment.seed}, and would count as two; leave one of them out"
            )


def _name(run: Trained, every: Sequence[Trained]) -> str:
    preset = run.experiment.preset
    of_preset = [one.settings for one in every if one.experiment.preset == preset]
    mine = run.settings
    paths = sorted({path for settings in of_preset for path in settings})
    differing = [
        path for path in paths if any(one.get(path) != mine.get(path) for one in of_preset)
    ]
    return ", ".join([preset, *(f"{path} {_in_words(mine.get(path))}" for path in differing)])


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_in_words, value))
    if isinstance(value, float):
        # In full where a short one would be another number's as well.
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return "none" if value is None else str(value)
