"""Playing Atari games from the command line."""

import json
from pathlib import Path

import pytest

from decision_mamba.cli.main import main
from decision_mamba.envs.preprocessing import Preprocessing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.run_folder import RunFolder
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model
from decision_mamba.models.policy_file import save_policy
from decision_mamba.spaces import Discrete, Image, Spaces
from tests.conftest import small_policy

pytest.importorskip("ale_py")
pytest.importorskip("cv2")

PONG = Spaces(Image(36, 36), Discrete(6))
QUICK = Preprocessing(size=36, frame_skip=60)


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The folder of a run that looked at Pong in small and seldom."""
    task = getattr(request, "param", "ALE/Pong-v5")
    settings = Evaluation(task=task, targets=(20.0,), preprocessing=QUICK, references="rounded")
    folder = RunFolder(tmp_path / "pong")
    folder.begin(Experiment("own", (), evaluation=settings), resume=False)
    model = Model(width=8, blocks=1, timesteps=5, embedding_bend="tanh")
    acting = Acting(window=3, task=task, targets=(20.0,), rewards="clipped")
    save_policy(small_policy(model, acting, PONG), folder.policy)
    return folder.path


@pytest.mark.parametrize("mode", ["window", "recurrent"])
def test_a_run_is_played_on_the_screen_it_learned(run: Path, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "scores.json"
    words = ["--episodes", "2", "--mode", mode, "--json", str(path)]

    assert main(["evaluate", str(run), *words]) == 0

    scores = json.loads(path.read_text())
    [one] = scores["targets"]
    assert (scores["preprocessing"]["size"], scores["references"]) == (36, "rounded")
    assert one["normalised"] == pytest.approx((one["mean"] + 21) / 0.36)
    assert all(-21 <= earned <= 21 for earned in one["returns"])
    assert all(length < 150 for length in one["lengths"])


def test_what_is_said_goes_before_what_the_run_says(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    words = ["--preprocessing.repeat-action-probability", "0.5", "--references", "exact"]

    assert main(["evaluate", str(run), "--episodes", "1", *words, "--json", str(path)]) == 0

    scores = json.loads(path.read_text())
    screen = scores["preprocessing"]
    assert (screen["repeat_action_probability"], screen["frame_skip"]) == (0.5, 60)
    assert scores["references"] == "exact"


def test_a_game_is_filmed(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = tmp_path / "pong.gif"

    assert main(["evaluate", str(run), "--episodes", "1", "--video", str(film)]) == 0

    assert film.read_bytes()[:6] == b"GIF89a"
    said = capsys.readouterr().out
    assert "asked for 20, the filmed episode earned -" in said
    assert said.endswith("; the film shows its beginning\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--task", "ALE/Breakout-v5"], "learned Pong, which has 6 actions, but Breakout has 4"),
        (["--task", "Hopper-v4"], "a choice of 6 actions, but Hopper-v4 has 11 observation"),
        (["--noise", "0.1"], "ALE/Pong-v5 shows frames"),
        (["--preprocessing.size", "42"], "give a preprocessing of size 36"),
        (["--preprocessing.frame-skip", "0"], "whole numbers from 1"),
        (["--preprocessing.resize", "cubic"], "--preprocessing.resize"),
        (["--references", "whole"], "--references"),
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
    ("run", "task"),
    [("ALE/Pong-v5", "QbertNoFrameskip-v4"), ("PongNoFrameskip-v4", "ALE/Qbert-v5")],
    indirect=["run"],
)
def test_another_game_with_as_many_actions_is_played_with_a_word(
    run: Path, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--task", task, "--episodes", "1", "--preprocessing.most-noops", "1"]

    assert main(["evaluate", str(run), *words]) == 0

    assert "learned Pong and plays Qbert, whose actions may mean" in capsys.readouterr().err
