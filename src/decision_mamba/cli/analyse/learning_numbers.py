"""Every number of a comparison of learners, for programs."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import torch

from decision_mamba.by_episode import Mean
from decision_mamba.cli.analyse.learning_table import best_label
from decision_mamba.experiments.learning import Row, Terms, Trial
from decision_mamba.experiments.machine import versions


def as_json(found: Sequence[Row], terms: Terms, device: torch.device) -> str:
    """The text of `learning.json`; learners are in the order of the table."""
    numbers = {
        "task": found[0].trials[0].run.task,
        **dataclasses.asdict(terms),
        "device": device.type,
        "threads": torch.get_num_threads(),
        "versions": list(versions()),
        "learners": [_row(row, terms) for row in found],
    }
    return json.dumps(numbers, indent=2) + "\n"


def _row(row: Row, terms: Terms) -> dict[str, Any]:
    found = row.learner
    return {
        "learner": found.row,
        "seeds": [trial.run.experiment.seed for trial in row.trials],
        "mean": found.mean,
        "interval": found.interval,
        "of_each_seed": list(found.of_each),
        "by_episode": _means(found.lasting),
        "control": _means(found.control),
        "best": {"rule": best_label(terms), **dataclasses.asdict(found.best)},
        "paid": found.paid,
        "optimum": row.optimum,
        "runs": [_run(trial) for trial in row.trials],
    }


def _run(trial: Trial) -> dict[str, Any]:
    result, cost = trial.run.result, trial.lasting.cost
    return {
        "run": trial.run.path.resolve().name,
        "preset": trial.run.experiment.preset,
        "data": list(trial.run.experiment.data),
        "seed": trial.run.experiment.seed,
        "updates": result.update,
        "parameters": result.parameters,
        "training_seconds": result.seconds,
        "temperature": trial.temperature,
        "seen": {f"{one:g}": _means(means) for one, means in trial.seen.items()},
        "target": trial.lasting.played[0].target,
        "by_episode": _means(trial.reached.lasting),
        "control": _means(trial.reached.control),
        "best": dataclasses.asdict(trial.reached.best),
        "paid": trial.reached.paid,
        "tasks": {str(task): list(returns) for task, returns in trial.reached.tasks.items()},
        "optimum": trial.lasting.optimum,
        "milliseconds_per_decision": cost.milliseconds_per_decision,
        "acting": dataclasses.asdict(cost),
    }


def _means(means: Sequence[Mean]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(mean) for mean in means]
