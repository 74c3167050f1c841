"""`decision-mamba collect TASK` records play that the other commands learn from and score."""

import json
import signal
from pathlib import Path

import h5py
import numpy as np
import pytest

from decision_mamba.cli.collect import episodes as command
from decision_mamba.cli.collect.episodes import run
from decision_mamba.cli.main import main
from decision_mamba.data.sources import open_source
from decision_mamba.envs import Preprocessing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.run_folder import RunFolder
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model
from decision_mamba.models.policy_file import save_policy
from decision_mamba.moments import Moments
from decision_mamba.spaces import Discrete, Image, Spaces, Vector
from tests.conftest import small_policy

TINY = [
    "--model.width", "16", "--model.blocks", "1", "--windows.length", "4",
    "--training.updates", "2", "--training.batch-size", "4", "--evaluation.every", "0",
]  # fmt: skip


def test_random_play_is_recorded_and_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cart.hdf5"

    run(["CartPole-v1", "--episodes", "12", "--out", str(out)])

    source = open_source(str(out))
    assert source.task == "CartPole-v1"
    returns = [episode.total_reward for episode in source.episodes()]
    assert len(returns) == 12
    assert capsys.readouterr().out == (
        f"{out}: 12 episodes of CartPole-v1, {source.steps:,} steps, "
        f"mean return {sum(returns) / 12:,.2f}\n"
    )


def _trained(folder: Path, data: Path, *more: str) -> Path:
    out = folder / "run"
    assert main(["train", "dmamba/own", "--data", str(data), "--out", str(out), *TINY, *more]) == 0
    return out


def test_what_a_policy_plays_is_recorded_with_what_it_was_asked_for(tmp_path: Path) -> None:
    run(["CartPole-v1", "--episodes", "3", "--out", str(tmp_path / "cart.hdf5")])
    sampling = ["--evaluation.temperature", "0.5", "--evaluation.top-k", "2"]
    trained = _trained(tmp_path, tmp_path / "cart.hdf5", *sampling)
    asked = ["--policy", str(trained), "--target", "50", "--top-k", "1", "--steps", "30"]

    run(["CartPole-v1", *asked, "--mode", "recurrent", "--out", str(tmp_path / "played.hdf5")])

    assert open_source(str(tmp_path / "played.hdf5")).steps >= 30
    with h5py.File(tmp_path / "played.hdf5") as file:
        made_by = json.loads(file.attrs["made_by"])
    assert (made_by["target"], made_by["mode"]) == (50.0, "recurrent")
    assert made_by["sampling"] == {"kind": "Sampling", "temperature": 0.5, "top_k": 1}


def test_atari_goes_the_whole_way_without_a_download(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "breakout.hdf5"
    first_lives = ["--preprocessing.life-loss-ends", "--preprocessing.frame-skip", "8"]
    run(["ALE/Breakout-v5", "--episodes", "3", "--out", str(data), "--copies", "2", *first_lives])

    assert main(["data", "check", str(data)]) == 0
    assert main(["data", "show", str(data), "--json"]) == 0
    shown = capsys.readouterr().out
    trained = _trained(tmp_path, data, "--curation.rewards", "clipped")
    played = ["--task", "ALE/Breakout-v5", "--episodes", "1", "--target", "1"]
    assert main(["evaluate", str(trained), *played, "--mode", "recurrent"]) == 0

    assert '"frames": "4 frames of 84 x 84"' in shown
    with h5py.File(data) as file:
        preprocessing = json.loads(file.attrs["made_by"])["preprocessing"]
    assert (preprocessing["life_loss_ends"], preprocessing["frame_skip"]) == (True, 8)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_tells_how_to_go_on(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stopped(*_: object, **settings: object) -> object:
        assert not settings["resume"]
        assert signal.getsignal(number) is not signal.SIG_DFL  # which would end the tests
        signal.raise_signal(number)
        raise AssertionError("the signal did not stop it")

    monkeypatch.setattr(command, "record_play", stopped)

    with pytest.raises(KeyboardInterrupt, match=r"collect --resume CartPole-v1 --out .*x\.hdf5 go"):
        run(["CartPole-v1", "--out", str(tmp_path / "x.hdf5")])


def test_help_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "CartPole-v1", "--help"]) == 0

    printed = capsys.readouterr().out
    for word in ("ALE/Pong-v5", "--policy", "--target", "repeat-action-probability", "--resume"):
        assert word in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Nothing-v0"], "'Nothing-v0' is no task that gymnasium knows"),
        (["ALE/Nothing-v5"], "'ALE/Nothing-v5' is no Atari task"),
        (["CartPole-v1", "--steps", "0"], "0 steps are none; give at least 1"),
        (["CartPole-v1", "--episodes", "0"], "0 episodes are none"),
        (["CartPole-v1", "--episodes", "1", "--steps", "9"], "--steps and --episodes both"),
        (["CartPole-v1", "--copies", "0"], "0 copies of CartPole-v1 were asked for"),
        (["CartPole-v1", "--seed", "-1"], "the seed is -1; give 0 or more"),
        (["CartPole-v1", "--target", "5"], "--target is for a policy, and none is named"),
        (["CartPole-v1", "--top-k", "3"], "--top-k is for a policy, and none is named"),
        (["CartPole-v1", "--policy", "nowhere"], "nowhere"),
        (["ALE/breakout-v5"], "did you mean ALE/Breakout-v5?"),
        (["ALE/Pong-v5", "--preprocessing.size", "35"], "size 35 is too small for a policy to"),
        (["CartPole-v1", "--preprocessing.size", "42"], "CartPole-v1 is no Atari game"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_code_2(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["collect", *words, "--out", str(tmp_path / "x.hdf5")]) == 2

    printed = capsys.readouterr().err
    assert said in printed
    assert len(printed.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_policy_of_another_task_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["CartPole-v1", "--episodes", "2", "--out", str(tmp_path / "cart.hdf5")])
    trained = _trained(tmp_path, tmp_path / "cart.hdf5")
    asked = ["collect", "Acrobot-v1", "--policy", str(trained), "--out", str(tmp_path / "x.hdf5")]

    assert main([*asked, "--target", "1"]) == 2
    assert main(["collect", "CartPole-v1", *asked[2:]]) == 2

    printed = capsys.readouterr().err.splitlines()
    assert "but Acrobot-v1 has 6 observation numbers" in printed[-2]
    assert printed[-1].endswith("no target return; ask for one with --target")


def test_a_policy_of_another_room_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = Spaces(Vector(2), Discrete(5))
    acting = Acting(window=3, task="darkroom")
    moments = Moments(np.zeros(2, np.float32), np.ones(2, np.float32))
    policy = Model(width=8, blocks=1).build(room, moments, acting)
    save_policy(policy, tmp_path / "policy.safetensors")
    asked = ["collect", "large-darkroom", "--policy", str(tmp_path), "--target", "1"]

    assert main([*asked, "--out", str(tmp_path / "x.hdf5")]) == 2

    assert "learned in darkroom, 9 x 9 cells" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["policy.safetensors"]


@pytest.fixture
def breakout(tmp_path: Path) -> Path:
    """The folder of a run that looked at Breakout in small and seldom."""
    screen = Preprocessing(size=36, frame_skip=60)
    folder = RunFolder(tmp_path / "breakout")
    settings = Evaluation(task="ALE/Breakout-v5", targets=(9.0,), preprocessing=screen)
    folder.begin(Experiment("own", (), evaluation=settings), resume=False)
    acting = Acting(window=3, task="ALE/Breakout-v5", targets=(9.0,))
    spaces = Spaces(Image(36, 36), Discrete(4))
    save_policy(small_policy(Model(width=8, blocks=1), acting, spaces), folder.policy)
    return folder.path


def test_a_policy_is_shown_the_screens_of_its_run(breakout: Path, tmp_path: Path) -> None:
    words = ["ALE/Breakout-v5", "--policy", str(breakout), "--preprocessing.frame-skip", "30"]

    run([*words, "--episodes", "1", "--out", str(tmp_path / "x.hdf5")])

    with h5py.File(tmp_path / "x.hdf5") as file:
        screen = json.loads(file.attrs["made_by"])["preprocessing"]
    assert (screen["size"], screen["frame_skip"]) == (36, 30)


def test_a_policy_of_another_game_is_told(
    breakout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ALE/Pong-v5", "--policy", str(breakout), "--out", str(tmp_path / "x.hdf5")]

    assert main(["collect", *words]) == 2

    assert "learned Breakout, which has 4 actions, but Pong has 6" in capsys.readouterr().err
