"""`decision-mamba collect` writes histories, goes on after a stop, and says what cannot be."""

import signal
from pathlib import Path

import pytest

from decision_mamba.cli.collect import histories as command
from decision_mamba.cli.collect.histories import run
from decision_mamba.cli.main import main
from decision_mamba.data.histories import Histories
from decision_mamba.data.sources import open_source

SMALL = ["--tasks", "3", "--histories", "2", "--episodes", "4"]


def test_a_file_of_histories_is_written_and_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "rooms.hdf5"

    run(["darkroom", "--out", str(out), *SMALL])

    assert capsys.readouterr().out == (
        f"{out}: 3 tasks of darkroom x 2 histories x 4 episodes, 480 steps\n"
    )
    assert len(list(open_source(str(out)).episodes())) == 24
    assert len(Histories.open(out)) == 6


def test_t_mazes_are_demonstrated_on_both_sides(tmp_path: Path) -> None:
    out = tmp_path / "tees.hdf5"

    run(["tmaze-5", "--out", str(out)])

    returns = [episode.total_reward for episode in open_source(str(out)).episodes()]
    assert returns == [1.0, 1.0, 1.0, 0.0] * 2
    assert sorted(Histories.open(out).instances.tolist()) == [0, 1]


def test_another_learner_and_its_settings_can_be_named(tmp_path: Path) -> None:
    out = tmp_path / "noise.hdf5"

    run(["darkroom", "--out", str(out), *SMALL, "learner:noise", "--learner.last", "0.5"])

    learner = Histories.open(out).collection["learner"]
    assert learner == {"kind": "Noise", "last": 0.5, "falling": 0.9}


def test_steps_are_shared_by_the_histories_of_a_task(tmp_path: Path) -> None:
    out = tmp_path / "rooms.hdf5"

    run(["darkroom", "--out", str(out), "--tasks", "1", "--histories", "2", "--steps", "130"])

    assert Histories.open(out).offsets.tolist() == [0, 4, 8]


def test_goals_can_be_named(tmp_path: Path) -> None:
    out = tmp_path / "rooms.hdf5"

    run(["darkroom", "--out", str(out), "--goals", "4,4", "0,8", "--episodes", "2"])

    assert sorted(set(Histories.open(out).instances.tolist())) == [40, 72]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_tells_how_to_go_on(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, resume: bool, **_others: object) -> object:
        assert not resume
        assert signal.getsignal(number) is not signal.SIG_DFL  # which would end the tests
        signal.raise_signal(number)
        raise AssertionError("the signal did not stop it")

    monkeypatch.setattr(command, "collect", stopped)

    with pytest.raises(KeyboardInterrupt, match="collect --resume darkroom --out x"):
        run(["darkroom", "--out", "x"])


def test_help_names_tasks_and_learners(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "--help"]) == 0

    printed = capsys.readouterr().out
    for word in (
        "darkroom",
        "tmaze-1k",
        "--episodes",
        "learner:q-learning",
        "learner:dqn",
        "--resume",
    ):
        assert word in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lightroom"], "there is no maze 'lightroom'; expected one of darkroom"),
        (["tmaze--3"], "a corridor of length -3 is none; give at least 1"),
        (["key-to-door", "--goals", "0,0,0,9"], "(0, 9) lies outside a room of 9 x 9 cells"),
        (["tmaze-0"], "a corridor of length 0 is none; give at least 1"),
        (["darkroom", "--goals", "9,0"], "(9, 0) lies outside a room of 9 x 9 cells"),
        (["darkroom", "--goals", "a,b"], "'a,b' is no place"),
        (["key-to-door", "--goals", "1,2"], "of the key and of the door, 4 numbers"),
        (["darkroom", "--goals", "1,1", "1,1"], "a task of darkroom was given twice"),
        (["darkroom", "--goals", "1,1", "--tasks", "2"], "--goals and --tasks both"),
        (["darkroom", "--unseen", "0"], "leaves no unseen task"),
        (["darkroom", "--unseen", "1"], "leaves no seen task"),
        (["darkroom", "--unseen", "nan"], "the share of unseen tasks is nan; give one between"),
        (["darkroom", "--unseen", "-0.5"], "the share of unseen tasks is -0.5; give one between"),
        (["darkroom", "--tasks", "70"], "70 tasks of darkroom were asked for and it has 65"),
        (["darkroom", "--tasks", "0"], "0 tasks are none"),
        (["darkroom", "--episodes", "0"], "0 episodes are none"),
        (["darkroom", "--histories", "0"], "0 histories are none"),
        (["darkroom", "--steps", "0"], "0 steps are none"),
        (["darkroom", "--steps", "9", "--episodes", "9"], "--steps and --episodes both"),
        (["darkroom", "--seed", "-1"], "the seed is -1; give 0 or more"),
        (["tmaze-5", "learner:q-learning"], "rewards that do not hang on the time"),
        (
            ["darkroom", "learner:q-learning", "--learner.rate", "2"],
            "QLearning's rate is 2; give 0",
        ),
        (["darkroom", "learner:dqn", "--learner.every", "0"], "DQN's every is 0; give at least 1"),
        (["tmaze-5", "learner:dqn"], "rewards that do not hang on the time"),
        (["darkroom", "learner:noise", "--learner.last", "2"], "Noise's last is 2; give 0 to 1"),
        (
            ["tmaze-5", "learner:demonstrations", "--learner.success", "nan"],
            "Demonstrations's success is nan; give 0 to 1",
        ),
        (["darkroom", "learner:demonstrations"], "demonstrations are of T-mazes"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_code_2(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "x.hdf5")]

    assert main(["collect", words[0], *out, *words[1:]]) == 2

    printed = capsys.readouterr().err
    assert said in printed
    assert len(printed.splitlines()) == 1
