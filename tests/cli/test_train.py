"""Training from the command line: every setting by its path, every mistake one sentence."""

import errno
import json
import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from decision_mamba.cli.main import main
from decision_mamba.experiments.run_folder import read_settings
from decision_mamba.models import Perceptron
from decision_mamba.models.policy_file import load_policy
from decision_mamba.result import Result

QUICK = [
    "--training.updates", "2", "--training.batch-size", "4", "--model.width", "8",
    "--model.blocks", "1", "--evaluation.every", "0",
]  # fmt: skip


STEPS = 30


def d4rl(path: Path, changes: dict[str, np.ndarray] | None = None) -> Path:
    """A tiny file in D4RL's layout."""
    generator = np.random.default_rng(0)
    columns = {
        "observations": generator.normal(size=(STEPS, 11)).astype(np.float32),
        "actions": generator.uniform(-1, 1, size=(STEPS, 3)).astype(np.float32),
        "rewards": np.ones(STEPS, np.float32),
        "terminals": np.arange(STEPS) % 10 == 9,
        "timeouts": np.zeros(STEPS, bool),
    }
    with h5py.File(path, "w") as file:
        for name, column in (columns | (changes or {})).items():
            file[name] = column
    return path


def test_every_setting_is_reached_by_its_path(tmp_path: Path) -> None:
    data = d4rl(tmp_path / "logs.hdf5")

    code = main([
        "train", "dmamba/hopper-medium", "--data", str(data), "--out", str(tmp_path / "run"),
        "--seed", "5", "--device", "cpu", "--training.updates", "2",
        "--training.batch-size", "4", "--training.learning-rate", "0.01",
        "--training.checkpoint-every", "1", "--training.precision", "bfloat16",
        "--model.width", "8", "--model.blocks", "1", "--windows.length", "4",
        "--evaluation.every", "2", "--evaluation.episodes", "1", "--evaluation.targets", "10", "20",
        "--model.mixer.state", "3", "--windows.pad", "left", "--curation.best-share", "0.5",
    ])  # fmt: skip

    assert code == 0
    asked = read_settings(tmp_path / "run" / "settings.toml")
    assert (asked.seed, asked.model.width, asked.windows.length) == (5, 8, 4)
    assert asked.training.precision == "bfloat16"
    assert asked.evaluation.targets == (10.0, 20.0)
    assert asked.curation.best_share == 0.5
    result = Result.read(tmp_path / "run" / "result.json")
    assert {reading.episodes for reading in result.readings} == {1}


def test_behaviour_is_cloned_with_settings_of_its_own(tmp_path: Path) -> None:
    data = d4rl(tmp_path / "logs.hdf5")

    code = main([
        "train", "bc/hopper-medium-10", "--data", str(data), "--out", str(tmp_path / "run"),
        "--training.updates", "2", "--training.batch-size", "4", "--model.width", "8",
        "--model.blocks", "2", "--windows.length", "4", "--evaluation.every", "2",
        "--evaluation.episodes", "2", "--evaluation.noise", "0.1",
    ])  # fmt: skip

    assert code == 0
    asked = read_settings(tmp_path / "run" / "settings.toml")
    assert asked.model == Perceptron(width=8, blocks=2, dropout=0.1)
    assert (asked.curation.best_share, asked.evaluation.noise) == (0.1, 0.1)
    result = Result.read(tmp_path / "run" / "result.json")
    assert [reading.target for reading in result.readings] == [None] * 4


def test_rewards_are_delayed_on_request_and_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = np.where(np.arange(STEPS) % 10 == 9, np.float32(5.0), np.float32(0.0))
    words = ["--curation.rewards", "delayed", "--windows.length", "4", *QUICK]
    dense = ["--data", str(d4rl(tmp_path / "dense.hdf5")), "--out", str(tmp_path / "run")]
    there = ["--data", str(d4rl(tmp_path / "late.hdf5", {"rewards": late})), "--out", "nowhere"]

    assert main(["train", "dt/hopper-medium", *dense, *words]) == 0
    assert load_policy(tmp_path / "run").acting.rewards == "delayed"
    assert main(["train", "dt/hopper-medium", *there, *words]) == 2

    assert "pay at the last step of an episode only" in capsys.readouterr().err
    assert not Path("nowhere").exists()


def test_a_run_can_be_resumed_by_the_same_command(tmp_path: Path) -> None:
    command = ["train", "demo", "--out", str(tmp_path / "run"), *QUICK]
    assert main(command) == 0

    assert main(command) == 2
    assert main([*command, "--resume"]) == 0


def test_a_neighbour_is_trained_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = d4rl(tmp_path / "logs.hdf5")
    monkeypatch.chdir(tmp_path)
    words = ["train", "dc/hopper-medium:no-action-tokens:k-3", "--data", str(data), *QUICK]

    assert main(words) == 0

    run = tmp_path / "runs" / "dc-hopper-medium-no-action-tokens-k-3"
    asked = read_settings(run / "settings.toml")
    assert asked.preset == "dc/hopper-medium:no-action-tokens:k-3"
    assert asked.windows.length == 3
    assert asked.model.width == 8


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["train"], "needs a preset as its first word"),
        (["train", "--seed", "1"], "needs a preset as its first word"),
        (["train", "dtt/hopper-medium"], "there is no preset 'dtt/hopper-medium'; did you mean"),
        (["train", "demo:k-many"], "demo has no neighbour 'k-many'; there are"),
        (["train", "dmamba/own:k-1001"], "the table of time embeddings has 1000 rows"),
        (["train", "demo", "--model.widht", "3"], "did you mean --model.width?"),
        (["train", "demo", "--data", "nowhere.hdf5"], "nowhere.hdf5 does not exist"),
        (["train", "demo", "--windows.length", "5000"], "longer than every episode"),
        (["train", "demo", "--evaluation.targets", "much"], "'much'"),
        (["train", "demo", "--evaluation.targets", "nan"], "the target is nan"),
        (["train", "demo", "--evaluation.task", "Hopper-v99"], "Hopper-v99"),
        (["train", "demo", "--evaluation.task", "HalfCheetah-v4"], "11 observation and 3 action"),
        (["train", "demo", "--device", "tpu"], "expected auto, cpu or cuda"),
        (["train", "demo", "--training.updates", "-1"], "training.updates is -1"),
        (["train", "demo", "--training.batch-size", "0"], "training.batch_size is 0"),
        (["train", "demo", "--model.blocks", "0"], "model.blocks is 0"),
        (["train", "demo", "--seed", "-3"], "seed is -3"),
        (
            ["train", "bc/hopper-medium", "--evaluation.targets", "9"],
            "the policy takes no target return",
        ),
        (["train", "bc/hopper-medium", "--model.mixer.state", "9"], "--model.mixer.state"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)

    assert main(words) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"observations": np.full((30, 11), np.nan, np.float32)}, "episode 0"),
        ({"rewards": np.ones(29, np.float32)}, "rewards"),
        ({"terminals": np.zeros(30, bool)}, "no finished episode"),
    ],
)
def test_bad_data_are_told_by_the_sentence_of_their_fault(
    changes: dict[str, np.ndarray], sentence: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    data = d4rl(tmp_path / "logs.hdf5", changes)

    assert main(["train", "dt/own", "--data", str(data), "--out", str(tmp_path / "run")]) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_help_names_the_parts_of_a_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--help"]) == 0

    printed = capsys.readouterr().out
    for word in ("@steps=", "@episodes=", "shards", "minari:ID"):
        assert word in printed


def test_a_preset_without_its_data_says_where_to_get_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DECISION_MAMBA_DATA", raising=False)

    assert main(["train", "dmamba/hopper-medium", "--out", str(tmp_path / "run")]) == 2

    said = capsys.readouterr().err
    assert "--data" in said
    assert "DECISION_MAMBA_DATA" in said


def test_a_preset_finds_its_data_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d4rl(tmp_path / "hopper_medium-v2.hdf5")
    d4rl(tmp_path / "hopper_expert-v2.hdf5")
    monkeypatch.setenv("DECISION_MAMBA_DATA", str(tmp_path))
    words = ["train", "dt/hopper-medium-expert", "--out", str(tmp_path / "run"), *QUICK]

    assert main([*words, "--windows.length", "4"]) == 0

    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert result["data"]["episodes"] == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o500)

    assert main(["train", "demo", "--out", str(tmp_path / "run"), *QUICK]) == 2
    assert "choose another folder with --out" in capsys.readouterr().err


def test_an_out_that_is_a_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run").write_text("mine")

    assert main(["train", "demo", "--out", str(tmp_path / "run"), *QUICK]) == 2

    assert "choose another folder with --out" in capsys.readouterr().err
    assert (tmp_path / "run").read_text() == "mine"


def test_a_full_disk_keeps_the_last_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["train", "demo", "--out", str(tmp_path / "run"), *QUICK]
    assert main(command) == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").rglob("*.safetensors")}
    capsys.readouterr()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main([*command, "--resume"]) == 1

    said = capsys.readouterr().err
    assert "could not be written: No space left on device" in said
    after = {path.name: path.read_bytes() for path in (tmp_path / "run").rglob("*.safetensors")}
    assert after == before
    assert not list((tmp_path / "run").rglob(".partial.*"))
