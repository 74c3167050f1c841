"""Evaluating from the command line: a run or a policy, a table, every return in a file."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from decision_mamba.cli.main import main
from decision_mamba.experiments.papers.gym import HOPPER
from decision_mamba.models import Perceptron
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy_file import save_policy
from decision_mamba.moments import Moments


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "run"
    code = main([
        "train", "demo", "--out", str(out), "--training.updates", "1",
        "--training.batch-size", "4", "--model.width", "8", "--model.blocks", "1",
        "--evaluation.every", "0",
    ])  # fmt: skip
    assert code == 0
    return out


@pytest.fixture(scope="module")
def cloning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policies") / "policy.safetensors"
    moments = Moments(np.zeros(11, np.float32), np.ones(11, np.float32))
    model = Perceptron(width=8, blocks=1)
    save_policy(model.build(HOPPER.spaces, moments, Acting(window=4, task="Hopper-v4")), path)
    return path


def test_a_policy_without_target_is_played_without_one(
    cloning: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    returns = []
    for mode in ("window", "recurrent"):
        words = ["--episodes", "2", "--mode", mode, "--json", str(tmp_path / mode)]
        assert main(["evaluate", str(cloning), *words]) == 0
        [one] = json.loads((tmp_path / mode).read_text())["targets"]
        assert one["target"] is None
        returns.append(one["returns"])

    assert returns[0] == pytest.approx(returns[1])
    assert len(returns[0]) == 2
    assert "none" in capsys.readouterr().out


def test_a_target_for_a_policy_that_takes_none_is_refused(
    cloning: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(cloning), "--target", "3600"]) == 2

    said = capsys.readouterr().err
    assert "takes no target return; leave out --target" in said
    assert said.count("\n") == 1


def test_the_manner_of_play_is_told(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scores.json"
    words = ["--noise", "0.1", "--noise-on", "first", "--keep-target", "--episodes", "1"]

    assert main(["evaluate", str(run), *words, "--json", str(path)]) == 0

    told = " ".join(capsys.readouterr().out.split())
    assert "window mode, target kept, noise of 0.1 on first observation" in told
    scores = json.loads(path.read_text())
    assert (scores["noise"], scores["noise_on"], scores["keep_target"]) == (0.1, "first", True)


def test_noise_is_the_same_however_many_play_at_once(run: Path, tmp_path: Path) -> None:
    for copies in ("1", "3"):
        words = ["--episodes", "3", "--noise", "0.1", "--copies", copies, "--target", "3600"]
        assert main(["evaluate", str(run), *words, "--json", str(tmp_path / copies)]) == 0

    [one], [other] = (json.loads((tmp_path / n).read_text())["targets"] for n in ("1", "3"))
    assert one["returns"] == pytest.approx(other["returns"], rel=1e-4)


@pytest.mark.parametrize("mode", ["window", "recurrent"])
def test_every_return_goes_into_the_file(run: Path, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "scores.json"
    words = ["--episodes", "3", "--target", "3600", "1500", "--mode", mode, "--seed", "7"]

    assert main(["evaluate", str(run), *words, "--json", str(path)]) == 0

    scores = json.loads(path.read_text())
    assert (scores["task"], scores["mode"], scores["seed"]) == ("Hopper-v4", mode, 7)
    assert [one["target"] for one in scores["targets"]] == [3600.0, 1500.0]
    for one in scores["targets"]:
        assert one["episodes"] == len(one["returns"]) == len(one["lengths"]) == 3
        assert one["mean"] == pytest.approx(sum(one["returns"]) / 3)
        assert one["normalised"] == pytest.approx(
            100 * (one["mean"] + 20.272305) / (3234.3 + 20.272305)
        )


def test_the_same_seed_gives_the_same_returns(run: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = ["--episodes", "2", "--json", str(tmp_path / name)]
        assert main(["evaluate", str(run / "policy.safetensors"), *words]) == 0

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_another_task_is_played_and_named(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    words = ["--task", "Hopper-v5", "--episodes", "1", "--target", "100"]

    assert main(["evaluate", str(run), *words, "--json", str(path)]) == 0

    assert json.loads(path.read_text())["task"] == "Hopper-v5"


def test_the_table_names_task_and_mode(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), "--episodes", "1", "--target", "3600"]) == 0

    said = capsys.readouterr().out
    assert "Hopper-v4, window mode" in said
    assert "3,600" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--target", "much"], "'much'"),
        (["--target", "inf"], "the target is inf"),
        (["--task", "Walker2d-v4"], "11 observation and 3 action numbers, but Walker2d-v4"),
        (["--episodes", "0"], "episodes is 0"),
        (["--noise", "-1"], "noise is -1.0"),
        (["--mode", "sideways"], "--mode"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str], sentence: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(run), *words]) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--seed", "-1"], "seed is -1; expected at least 0"),
        (["--video", "film.avi"], "let the name end in .mp4 or .gif"),
        (["--video", f"{__file__}/film.gif"], "film.gif cannot be written: Not a directory"),
        (["--json", f"{__file__}/scores.json"], "scores.json cannot be written: Not a directory"),
        (["--json", "."], ". cannot be written: Is a directory"),
    ],
)
def test_a_mistake_is_found_before_anything_is_played(
    words: list[str],
    sentence: str,
    run: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def played(*_: object) -> None:
        raise AssertionError("an environment was opened")

    monkeypatch.setattr("decision_mamba.cli.evaluate.open_environment", played)

    assert main(["evaluate", str(run), *words]) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_a_target_named_twice_is_played_once(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    words = ["--episodes", "2", "--target", "5", "7", "5", "--json", str(path)]

    assert main(["evaluate", str(run), *words]) == 0

    targets = json.loads(path.read_text())["targets"]
    assert [(one["target"], len(one["returns"])) for one in targets] == [(5.0, 2), (7.0, 2)]


def test_a_policy_cut_in_half_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(shutil.copy(run / "policy.safetensors", tmp_path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    assert main(["evaluate", str(path)]) == 2
    assert "not a whole safetensors file" in capsys.readouterr().err


def test_a_folder_without_a_policy_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tmp_path)]) == 2
    assert "no such policy file" in capsys.readouterr().err
