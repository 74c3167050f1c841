"""13: the ends of the normalised scale against D4RL's own tables."""

import torch
from torch import Tensor

from decision_mamba.envs.references import Reference, reference
from decision_mamba.evaluation.scores import normalised
from tests.parity.trial import Trial

# The Gymnasium name of each D4RL environment that has the same physics.
_ENVIRONMENTS = {
    "ant": "Ant",
    "halfcheetah": "HalfCheetah",
    "hopper": "Hopper",
    "walker2d": "Walker2d",
}


def check(trial: Trial) -> None:
    """Compares both ends for every data set of a known environment, and the worked examples."""
    data = trial.case.card["data"]
    known = {task: ends for task in data["reference"] if (ends := _known(task)) is not None}
    for task, ends in known.items():
        want = data["reference"][task]
        trial.compare_stated(task, _exactly(ends.random, ends.expert), _exactly(*_ends(want)))
    for example in data["examples"]:
        if (ends := known.get(example["task"])) is not None:
            score = normalised(example["return"], ends)
            assert score is not None
            want = 100 * example["normalized_fraction"]
            trial.compare_stated(f"score of {example['task']}", _exactly(score), _exactly(want))
    others = len(data["reference"]) - len(known)
    trial.remark(f"left out: {others} of {len(data['reference'])} data sets, of other environments")


def _known(task: str) -> Reference | None:
    name, version = task.split("-")[0], task.rpartition("-")[2]
    return reference(f"{_ENVIRONMENTS[name]}-{version}") if name in _ENVIRONMENTS else None


def _ends(stated: dict[str, float]) -> tuple[float, float]:
    return stated["min"], stated["max"]


def _exactly(*numbers: float) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64)
