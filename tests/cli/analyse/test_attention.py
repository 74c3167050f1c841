"""Looking at what policies look at, from the command line."""

import json
from pathlib import Path

import numpy as np
import pytest

from decision_mamba.cli.analyse import attention_pictures
from decision_mamba.cli.main import main
from decision_mamba.mixers import Selective
from decision_mamba.models import Hybrid
from decision_mamba.models.memory import Acting
from decision_mamba.models.perceptron import Perceptron
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.models.policy_file import save_policy
from decision_mamba.moments import Moments
from decision_mamba.spaces import Continuous, Discrete, Spaces, Vector
from tests.conftest import SPACES, small_policy

PICTURES = {"matrices.png", "surface.png", "map.png", "by-age.png"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures have tests of their own, and take seconds."""
    names = [name.removesuffix(".png") for name in PICTURES]
    drawn = dict.fromkeys(names, lambda _: b"drawn")
    monkeypatch.setattr(attention_pictures, "_DRAWN", drawn)
    monkeypatch.setattr(attention_pictures, "draw_beside", lambda _: b"drawn")


def analyse(*words: object) -> int:
    return main(["analyse", "attention", *map(str, words)])


def test_numbers_and_pictures_are_written_beside_the_policy(
    policy: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyse(policy, "--data", data) == 0

    out = policy.parent / "attention"
    assert {path.name for path in out.iterdir()} == PICTURES | {"attention.json", "attention.npz"}
    numbers = json.loads((out / "attention.json").read_text())
    assert numbers["episode"]["steps"] == 30
    [about] = numbers["policies"]
    assert (about["decisions"], about["window_at"], len(about["tokens"])) == ([3, 29], 16, 11)
    said = capsys.readouterr().out
    assert "layer 1, selective" in said
    assert "states" in said


def test_two_policies_are_looked_at_in_one_episode(
    policy: Path, with_attention: Path, data: Path, tmp_path: Path
) -> None:
    words = (policy.parent, with_attention, "--data", data, "--out", tmp_path / "out")

    assert analyse(*words, "--episode", 1, "--steps", 5, 8, "--window-at", 5) == 0

    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written >= PICTURES | {"by-age-2.png", "beside.png"}
    arrays = np.load(tmp_path / "out" / "attention.npz")
    assert arrays["policy_1_weights"].shape == (2, 4, 11)
    assert arrays["policy_2_weights"].shape == (1, 4, 15)
    np.testing.assert_allclose(arrays["policy_2_weights"].sum(-1), 1, rtol=1e-5)
    numbers = json.loads((tmp_path / "out" / "attention.json").read_text())
    assert [about["name"] for about in numbers["policies"]] == ["mamba", "attention"]


def test_a_run_without_an_environment_is_looked_at_in_its_own_data(
    data: Path, tmp_path: Path
) -> None:
    words = [
        "train", "dmamba/own", "--data", str(data), "--out", str(tmp_path / "run"),
        "--training.updates", "1", "--training.batch-size", "2", "--model.width", "8",
        "--model.blocks", "1", "--windows.length", "4", "--evaluation.every", "0",
    ]  # fmt: skip
    assert main(words) == 0

    assert analyse(tmp_path / "run", "--steps", 3, 5) == 0

    numbers = json.loads((tmp_path / "run" / "attention" / "attention.json").read_text())
    assert numbers["episode"] == {
        "return": numbers["episode"]["return"], "steps": 30, "target": None,
    }  # fmt: skip


def test_a_policy_that_carries_its_state_is_looked_at_in_windows_of_twenty(
    tmp_path: Path, data: Path
) -> None:
    path = tmp_path / "whole" / "policy.safetensors"
    model = Model(mixer=Selective(state=3), width=8, blocks=1)
    save_policy(small_policy(model, Acting(window=1000, mode="recurrent")), path)

    assert analyse(path, "--data", data) == 0

    numbers = json.loads((path.parent / "attention" / "attention.json").read_text())
    assert numbers["policies"][0]["decisions"] == [19, 29]


def test_a_policy_plays_the_environment_it_was_trained_for(tmp_path: Path) -> None:
    spaces = Spaces(Vector(11), Continuous((-1.0,) * 3, (1.0,) * 3))
    moments = Moments(np.zeros(11, np.float32), np.ones(11, np.float32))
    acting = Acting(window=3, task="Hopper-v4", targets=(3600.0, 1800.0))
    player = SequencePolicy(Model(width=8, blocks=1), spaces, moments, acting)
    save_policy(player, tmp_path / "policy.safetensors")

    assert analyse(tmp_path, "--episode", 2) == 0

    numbers = json.loads((tmp_path / "attention" / "attention.json").read_text())
    assert numbers["episode"]["target"] == 3600.0
    assert numbers["policies"][0]["decisions"] == [2, numbers["episode"]["steps"] - 1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--steps", "2", "5"], "--steps is 2 5; expected a first and a last decision from 3"),
        (["--steps", "9", "30"], "to 29, the episode's last"),
        (["--window-at", "2"], "--window-at is 2; expected one of the decisions 3 to 29"),
        (["--window", "0"], "--window is 0; expected at least 1 step"),
        (["--window", "51"], "--window is 51, but "),
        (["--window", "51"], "embeds 50 time steps; give 50 or less"),
        (["--window", "31"], "the episode has 30 steps and the policy looks back 31"),
        (["--episode", "3"], "there is no episode 3"),
        (["--task", "Hopper-v4"], "give one of them"),
        (["--target", "nan"], "--target is nan"),
        (["--out", f"{__file__}/out"], "cannot be written: Not a directory"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str], sentence: str, policy: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyse(policy, "--data", data, *words) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_data_of_other_sizes_are_refused(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyse(policy, "--data", "demo") == 2
    assert "give data of the policy's own kind" in capsys.readouterr().err


def test_without_any_episode_one_is_asked_for(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyse(policy) == 2
    assert "give the episodes to look at with --data" in capsys.readouterr().err


@pytest.mark.parametrize("count", [0, 3])
def test_other_than_one_or_two_policies_are_refused(
    count: int, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyse(*[policy] * count) == 2
    assert f"got {count} policies" in capsys.readouterr().err


def test_a_second_policy_for_something_else_is_refused(
    policy: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spaces = Spaces(Vector(3), Continuous((-2.0, -1.0), (1.0, 1.0)))
    moments = Moments(np.zeros(3, np.float32), np.ones(3, np.float32))
    other = SequencePolicy(Model(width=8, blocks=1), spaces, moments, Acting(window=4))
    save_policy(other, tmp_path / "other" / "policy.safetensors")

    assert analyse(policy, tmp_path / "other", "--data", data) == 2
    assert "the two policies are made for different things" in capsys.readouterr().err


def test_a_policy_that_mixes_no_tokens_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = Moments(np.zeros(3, np.float32), np.ones(3, np.float32))
    path = tmp_path / "bc" / "policy.safetensors"
    save_policy(Perceptron(width=8).build(SPACES, moments, Acting(window=4)), path)

    assert analyse(path, "--data", data) == 2
    assert "there is no attention to analyse" in capsys.readouterr().err


@pytest.mark.parametrize(
    "model",
    [Model(Selective(state=2), width=8, blocks=1, tokens="history", timesteps=0), Hybrid(width=8)],
)
def test_a_policy_of_contexts_is_refused(
    model: Model | Hybrid, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policy.safetensors"
    moments = Moments(np.zeros(2, np.float32), np.ones(2, np.float32))
    acting = Acting(window=4, task="darkroom", lasting=True)
    save_policy(model.build(Spaces(Vector(2), Discrete(5)), moments, acting), path)

    assert analyse(path) == 2

    said = capsys.readouterr().err
    assert "reads what was earned in contexts of several episodes" in said
    assert said.count("\n") == 1
    assert [one.name for one in tmp_path.iterdir()] == ["policy.safetensors"]
