"""A sitting is found again by all that decides on it, and by nothing else."""

import shutil
from pathlib import Path

import pytest
import torch

from decision_mamba.analysis.acting import ActingCost
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.shelf import Shelf
from decision_mamba.experiments.sitting import Sitting
from decision_mamba.experiments.trained import trained_in_context
from decision_mamba.result import Played
from tests.experiments.learned import write_run

CPU = torch.device("cpu")
SETTINGS = Evaluation(task="darkroom", mode="recurrent", episodes=1, consecutive=1)
PLAYED = Played(
    update=0, task="darkroom", mode="recurrent", target=None, seed=3, episode=0,
    total_reward=9.0, length=20, number=1, instance=5,
)  # fmt: skip
SITTING = Sitting(SETTINGS, 3, (PLAYED,), ActingCost(20, 1.0, 1, 5, 6))


def test_what_is_kept_is_found_wherever_the_run_lies(tmp_path: Path) -> None:
    shelf, path = Shelf(tmp_path / "shelf", CPU), write_run(tmp_path / "run")
    shelf.keep(trained_in_context(path), SITTING)
    moved = trained_in_context(Path(shutil.move(path, tmp_path / "moved")))

    assert shelf.find(moved, SETTINGS, 3) == SITTING
    (file,) = shelf.folder.iterdir()
    assert file.name.startswith("ad-darkroom-small-0-unseen-at-1-")


def test_other_weights_settings_or_seeds_are_other_sittings(tmp_path: Path) -> None:
    shelf, path = Shelf(tmp_path / "shelf", CPU), write_run(tmp_path / "run")
    run = trained_in_context(path)
    shelf.keep(run, SITTING)
    wider = trained_in_context(write_run(tmp_path / "wider", settings={"model.width": 16}))

    assert shelf.find(run, SETTINGS, 4) is None
    assert shelf.find(run, Evaluation(task="darkroom", episodes=1, consecutive=1), 3) is None
    assert shelf.find(wider, SETTINGS, 3) is None
    on_a_card = Shelf(tmp_path / "shelf", torch.device("cuda"))
    assert on_a_card.find(run, SETTINGS, 3) is None
    (path / "policy.safetensors").write_bytes(b"other weights")
    assert shelf.find(run, SETTINGS, 3) is None


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", CPU)
    run = trained_in_context(write_run(tmp_path / "run"))
    shelf.keep(run, SITTING)
    shelf.place(run, SETTINGS, 3).write_text("{}")

    with pytest.raises(BadInput, match="remove it to have it played again"):
        shelf.find(run, SETTINGS, 3)
