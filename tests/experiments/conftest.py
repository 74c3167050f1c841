"""A small experiment on a small file of recorded episodes."""

from pathlib import Path

import pytest

from decision_mamba.data.sources import record
from decision_mamba.data.windows import Windowing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.mixers import Selective
from decision_mamba.models.policy import Model
from decision_mamba.training.optimiser import Training
from tests.conftest import small_store


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    path = tmp_path / "episodes.hdf5"
    store = small_store()
    record(path, (store.episode(i) for i in range(store.episodes)), task=None)
    return Experiment(
        preset="small",
        data=(str(path),),
        model=Model(mixer=Selective(state=2), width=8, blocks=1, timesteps=0),
        windows=Windowing(length=5),
        training=Training(updates=6, warmup=2, batch_size=4, checkpoint_every=2, log_every=1),
        evaluation=Evaluation(every=0),
    )
