"""A run and the policy's file in it are one policy."""

from pathlib import Path

import pytest

from decision_mamba.cli.analyse.place import folder_of, name_of, screen_of
from decision_mamba.envs.preprocessing import AS_DQN, Preprocessing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.run_folder import RunFolder


@pytest.mark.parametrize("named", ["walker", "walker/policy.safetensors"])
def test_a_policy_goes_by_the_name_of_its_folder(named: str, tmp_path: Path) -> None:
    (tmp_path / "walker").mkdir()
    (tmp_path / "walker" / "policy.safetensors").touch()

    assert folder_of(tmp_path / named) == tmp_path / "walker"
    assert name_of(tmp_path / named) == "walker"


def test_here_is_called_as_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "walker").mkdir()
    monkeypatch.chdir(tmp_path / "walker")

    assert name_of(Path(".")) == "walker"


def test_a_screen_is_prepared_as_the_run_had_it(tmp_path: Path) -> None:
    screen = Preprocessing(resize="linear")
    evaluation = Evaluation(task="ALE/Pong-v5", preprocessing=screen)
    experiment = Experiment("own", (), evaluation=evaluation)
    RunFolder(tmp_path / "run").begin(experiment, resume=False)

    assert screen_of(tmp_path / "run", "ALE/Pong-v5") == screen
    assert screen_of(tmp_path / "run", "Hopper-v4") == AS_DQN
    assert screen_of(tmp_path / "policy.safetensors", "ALE/Pong-v5") == AS_DQN
