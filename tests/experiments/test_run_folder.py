"""The folder of a run holds one run, and only what can be read."""

import dataclasses
import re
from pathlib import Path

import pytest

from decision_mamba.envs.preprocessing import Preprocessing
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.own import DEMO
from decision_mamba.experiments.run_folder import (
    RunFolder,
    default_folder,
    evaluation_of,
    read_settings,
)
from decision_mamba.result import read_rows
from decision_mamba.training.fit import Progress
from decision_mamba.training.optimiser import Training


def test_settings_come_back_from_toml(tmp_path: Path) -> None:
    RunFolder(tmp_path).begin(DEMO, resume=False)

    assert read_settings(tmp_path / "settings.toml") == DEMO


@pytest.mark.parametrize("name", ["dmamba/hopper-medium", "dmamba/hopper-medium:k-10:blocks-6"])
def test_a_run_without_a_place_gets_a_folder_that_any_system_can_name(name: str) -> None:
    folder = default_folder(dataclasses.replace(DEMO, preset=name))

    assert folder.parent == Path("runs")
    assert re.fullmatch(r"dmamba-hopper-medium[-a-z0-9]*", folder.name)


def changed(training: Training) -> Experiment:
    return dataclasses.replace(DEMO, training=training)


def test_what_alters_no_update_may_change_at_a_resume(tmp_path: Path) -> None:
    shorter = changed(dataclasses.replace(DEMO.training, cooldown=0))
    longer = changed(
        dataclasses.replace(DEMO.training, cooldown=0, updates=9_999, checkpoint_every=7)
    )
    RunFolder(tmp_path).begin(shorter, resume=False)

    RunFolder(tmp_path).begin(longer, resume=True)

    assert read_settings(tmp_path / "settings.toml").training.updates == 9_999


def test_what_alters_updates_may_not(tmp_path: Path) -> None:
    other = changed(dataclasses.replace(DEMO.training, batch_size=32))
    RunFolder(tmp_path).begin(DEMO, resume=False)

    with pytest.raises(BadInput, match=r"training.batch_size = 64, not 32"):
        RunFolder(tmp_path).begin(other, resume=True)

    assert read_settings(tmp_path / "settings.toml") == DEMO


@pytest.mark.parametrize(
    ("evaluation", "sentence"),
    [
        (Evaluation(noise=0.1), "evaluation.noise = 0.0, not 0.1"),
        (Evaluation(noise_on="first"), "evaluation.noise_on = every, not first"),
        (Evaluation(consecutive=20), "evaluation.consecutive = 0, not 20"),
        (Evaluation(memory="episode"), "evaluation.memory = lasting, not episode"),
        (Evaluation(tasks="seen"), "evaluation.tasks = unseen, not seen"),
        (Evaluation(keep_target=True), "evaluation.keep_target = False, not True"),
        (Evaluation(temperature=0.0), "evaluation.temperature = 1.0, not 0.0"),
        (Evaluation(top_k=3), "evaluation.top_k = 0, not 3"),
        (
            Evaluation(preprocessing=Preprocessing(frame_skip=3)),
            "evaluation.preprocessing.frame_skip = 4, not 3",
        ),
    ],
)
def test_what_returns_mean_may_not_change_at_a_resume(
    evaluation: Evaluation, sentence: str, tmp_path: Path
) -> None:
    RunFolder(tmp_path).begin(dataclasses.replace(DEMO, evaluation=Evaluation()), resume=False)

    with pytest.raises(BadInput, match=sentence):
        RunFolder(tmp_path).begin(dataclasses.replace(DEMO, evaluation=evaluation), resume=True)


def test_more_updates_alter_those_of_a_cool_down(tmp_path: Path) -> None:
    cooling = dataclasses.replace(DEMO.training, updates=100, cooldown=10)
    RunFolder(tmp_path).begin(changed(cooling), resume=False)

    with pytest.raises(BadInput, match=r"training.updates = 100, not 200"):
        RunFolder(tmp_path).begin(changed(dataclasses.replace(cooling, updates=200)), resume=True)


def test_a_policy_in_a_runs_folder_is_evaluated_as_the_run_was(tmp_path: Path) -> None:
    RunFolder(tmp_path / "run").begin(DEMO, resume=False)

    assert evaluation_of(tmp_path / "run") == DEMO.evaluation
    assert evaluation_of(tmp_path / "run" / "policy.safetensors") == DEMO.evaluation
    assert evaluation_of(tmp_path) is None


def test_damaged_settings_are_told(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("kind = ")

    with pytest.raises(BadInput, match="cannot be read as settings"):
        read_settings(path)


def test_lines_of_updates_to_be_made_again_are_forgotten(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.begin(DEMO, resume=False)
    folder.metrics.write_text('{"update": 1}\n{"update": 2}\n{"update": 3}\n{"upd')

    folder.rewind(2)

    assert folder.metrics.read_text() == '{"update": 1}\n{"update": 2}\n'


def test_a_folder_with_other_things_is_not_mixed_up_with_a_run(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")

    with pytest.raises(BadInput, match="is not empty and holds no run"):
        RunFolder(tmp_path).begin(DEMO, resume=True)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_metrics_hold_what_is_known(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)

    folder.log(Progress(10, 0.5, 1.0, 1e-3, 2.0))
    folder.log(Progress(20, 0.4, 1.0, 1e-3, 4.0, last_step_loss=0.6931))

    first, second = read_rows(folder.metrics)
    assert set(first) == {"update", "loss", "gradient_norm", "learning_rate", "seconds"}
    assert second["last_step_loss"] == 0.6931
