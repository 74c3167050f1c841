"""A run may begin with another's weights, which it reads once."""

import dataclasses
import itertools
import shutil
from pathlib import Path

import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.run import events, run
from decision_mamba.experiments.run_folder import read_settings
from decision_mamba.models.policy_file import load_policy
from decision_mamba.training.fit import Progress


@pytest.fixture
def warm(experiment: Experiment, tmp_path: Path) -> Experiment:
    """Goes on from a run of another seed."""
    run(dataclasses.replace(experiment, seed=7), tmp_path / "other")
    return dataclasses.replace(experiment, init_from=str(tmp_path / "other"))


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_policy(folder).state_dict()


def test_without_an_update_it_is_the_other_policy(warm: Experiment, tmp_path: Path) -> None:
    none = dataclasses.replace(warm.training, updates=0)

    run(dataclasses.replace(warm, training=none), tmp_path / "run")

    for name, weight in weights(tmp_path / "other").items():
        assert torch.equal(weights(tmp_path / "run")[name], weight)


def test_it_is_written_down_and_the_weights_go_on(warm: Experiment, tmp_path: Path) -> None:
    run(warm, tmp_path / "run")

    assert read_settings(tmp_path / "run" / "settings.toml") == warm
    before, after = (weights(tmp_path / name)["head.linear.weight"] for name in ("other", "run"))
    assert 0 < (after - before).abs().max() < 0.01  # six updates at a rate of 1e-4 and below


@pytest.mark.parametrize("stop_after", [1, 3])  # before the first due checkpoint, and behind it
def test_a_resumed_run_does_not_need_the_other(
    warm: Experiment, tmp_path: Path, stop_after: int
) -> None:
    run(warm, tmp_path / "through")
    stopped = events(warm, tmp_path / "run")
    updates = (event for event in stopped if isinstance(event, Progress))
    list(itertools.islice(updates, stop_after))
    stopped.close()
    shutil.rmtree(tmp_path / "other")

    run(warm, tmp_path / "run", resume=True)

    for name, weight in weights(tmp_path / "through").items():
        assert torch.equal(weights(tmp_path / "run")[name], weight)


def test_a_kill_before_the_first_update_leaves_a_checkpoint(
    warm: Experiment, tmp_path: Path
) -> None:
    begun = events(warm, tmp_path / "run")
    next(begun)

    there = (tmp_path / "run" / "checkpoint" / "learner.safetensors").exists()

    begun.close()
    assert there


def test_a_run_is_not_resumed_as_one_that_began_elsewhere(
    warm: Experiment, experiment: Experiment, tmp_path: Path
) -> None:
    run(warm, tmp_path / "run")

    with pytest.raises(BadInput, match=r"trained with init_from = .*other, not None"):
        run(experiment, tmp_path / "run", resume=True)


def test_what_does_not_fit_is_known_before_anything_is_made(
    warm: Experiment, tmp_path: Path
) -> None:
    wider = dataclasses.replace(warm.model, width=16)

    with pytest.raises(BadInput, match=r"other is a policy with model\.width = 8, not 16"):
        run(dataclasses.replace(warm, model=wider), tmp_path / "run")

    assert not (tmp_path / "run").exists()
