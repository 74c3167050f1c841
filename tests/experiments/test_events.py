"""An evaluation is announced before its first episode."""

import dataclasses
from pathlib import Path

from decision_mamba.experiments.events import Judging
from decision_mamba.experiments.own import DEMO
from decision_mamba.experiments.run import events
from decision_mamba.result import Played, Result
from decision_mamba.training.fit import Progress


def test_what_happens_is_told_in_order(tmp_path: Path) -> None:
    experiment = dataclasses.replace(
        DEMO,
        model=dataclasses.replace(DEMO.model, width=8, blocks=1),
        training=dataclasses.replace(DEMO.training, updates=1, batch_size=4),
        evaluation=dataclasses.replace(DEMO.evaluation, episodes=1, targets=(1.0,), film=False),
    )

    kinds = [type(event) for event in events(experiment, tmp_path / "run")]

    assert kinds == [Result, Progress, Judging, Played, Result, Result]
