"""A run whose evaluations are consecutive episodes keeps and sums up every one of them."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from decision_mamba.data.sources import record
from decision_mamba.data.windows import Windowing
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.evaluation import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.run import run
from decision_mamba.models import Perceptron
from decision_mamba.result import Played, read_rows
from decision_mamba.training.optimiser import Training


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    """Clones a walk to the upper arm of a T-maze."""
    one = Episode(
        observations=np.array([[0, 1], [0, 0], [0, 0], [1, 0]], np.float32),
        actions=np.array([0, 0, 0, 3]),
        rewards=np.array([0.0, 0.0, 0.0, 1.0]),
        terminated=True,
    )
    path = tmp_path / "walks.hdf5"
    record(path, [one, one], task=None)
    return Experiment(
        preset="small",
        data=(str(path),),
        model=Perceptron(width=8, blocks=1),
        windows=Windowing(length=2),
        training=Training(updates=2, warmup=1, batch_size=4),
        evaluation=Evaluation(
            task="tmaze-3", every=1, episodes=4, consecutive=3, memory="episode"
        ),
    )  # fmt: skip


def test_every_episode_is_kept_and_the_last_and_best_are_read(
    experiment: Experiment, tmp_path: Path
) -> None:
    result = run(experiment, tmp_path / "run")

    rows = read_rows(tmp_path / "run" / "evaluations.jsonl")
    played = [Played.from_row(row) for row in rows]
    assert {(one.update, one.episode, one.number) for one in played} == {
        (update, copy, number) for update in (1, 2) for copy in range(4) for number in (1, 2, 3)
    }
    assert {one.instance for one in played} == {0, 1}
    assert [reading.rule for reading in result.readings] == ["last-episode", "best-episode"]
    assert [reading.optimum for reading in result.readings] == [1.0, 1.0]


def test_a_finished_evaluation_is_not_made_again(experiment: Experiment, tmp_path: Path) -> None:
    run(experiment, tmp_path / "run")
    before = (tmp_path / "run" / "evaluations.jsonl").read_bytes()

    run(experiment, tmp_path / "run", resume=True)

    assert (tmp_path / "run" / "evaluations.jsonl").read_bytes() == before


def test_what_cannot_be_played_is_known_before_training(
    experiment: Experiment, tmp_path: Path
) -> None:
    lasting = dataclasses.replace(experiment.evaluation, memory="lasting")

    with pytest.raises(BadInput, match="remembers one episode only"):
        run(dataclasses.replace(experiment, evaluation=lasting), tmp_path / "run")

    assert not (tmp_path / "run").exists()
