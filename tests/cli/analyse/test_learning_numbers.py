"""The file for programs holds every number, in the order of the table."""

import json
from pathlib import Path

import torch

from decision_mamba.cli.analyse.learning_numbers import as_json
from decision_mamba.experiments.trained import trained_in_context
from tests.cli.analyse.learners import TERMS, two_learners
from tests.experiments.learned import write_run


def test_every_number_is_in_the_file(tmp_path: Path) -> None:
    found = two_learners(trained_in_context(write_run(tmp_path / "run")))

    numbers = json.loads(as_json(found, TERMS, torch.device("cpu")))

    assert (numbers["task"], numbers["device"], numbers["read"]) == ("darkroom", "cpu", 2)
    high, low = numbers["learners"]
    assert (high["learner"], low["learner"]) == ("high", "low")
    assert (high["mean"], high["of_each_seed"]) == (15.0, [14.0, 16.0, 15.0])
    assert high["best"]["rule"] == "each copy's best of 2 episodes, as AT and IDT report"
    first = high["runs"][0]
    assert (high["paid"], first["paid"]) == (1.0, 1.0)
    assert (first["temperature"], first["parameters"], first["updates"]) == (1.0, 1234, 7)
    assert first["tasks"] == {"40": [1.0, 14.0]}
    assert first["seen"]["1"][1]["mean"] == 14.0
    assert first["milliseconds_per_decision"] == 100.0
    assert first["optimum"] == high["optimum"]
