"""Folders of finished runs that have learned from contexts, written without training."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from decision_mamba.data.contexts import Contexting
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.held_out import HeldOut
from decision_mamba.models import Perceptron
from decision_mamba.models.policy_file import save_policy
from decision_mamba.moments import Moments
from decision_mamba.result import DataSummary, Result
from decision_mamba.settings import changed, to_dict
from decision_mamba.spaces import Discrete, Spaces, Vector

# Held out are the three goals of the centre's row that a sweeper finds, in columns 0, 3 and 5.
ROW = ((0, 4), (3, 4), (5, 4))
LEARNED = tuple((x, y) for y in range(9) for x in range(9) if (x, y) not in ROW)
HELD_OUT = HeldOut(share=80 / 81, places=LEARNED)
IN_DARKROOM = Spaces(Vector(2), Discrete(5))

LEARNER = Experiment(
    preset="ad/darkroom-small",
    data=("histories-darkroom",),
    model=Perceptron(width=8, blocks=1),
    contexts=Contexting(),
    evaluation=Evaluation(task="darkroom", mode="recurrent"),
)


def write_run(
    folder: Path,
    *,
    spaces: Spaces = IN_DARKROOM,
    held_out: HeldOut | None = HELD_OUT,
    status: str = "finished",
    settings: Mapping[str, Any] | None = None,
) -> Path:
    """Writes a run of LEARNER with other settings, given by their paths.

    Returns:
        The folder.
    """
    experiment: Experiment = changed(LEARNER, settings or {})
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(tomli_w.dumps(to_dict(experiment)))
    size = spaces.observation.size if isinstance(spaces.observation, Vector) else 0
    moments = Moments(np.zeros(size, np.float32), np.ones(size, np.float32))
    acting = dataclasses.replace(experiment.acting, held_out=held_out)
    policy = experiment.model.build(spaces, moments, acting)
    save_policy(policy, folder / "policy.safetensors")
    result = Result(
        preset=experiment.preset, task=experiment.evaluation.task or "", status=status,
        seed=experiment.seed, device="cpu", update=7, updates=9, parameters=1234, seconds=2.0,
        data=DataSummary(("histories-darkroom",), 1, 20, (1.0,)), readings=(), versions=(),
    )  # fmt: skip
    (folder / "result.json").write_text(result.to_json())
    return folder
