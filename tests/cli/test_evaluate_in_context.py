"""Consecutive episodes from the command line: a table by episode, every return in a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decision_mamba.cli import evaluate
from decision_mamba.cli import evaluate_in_context as module
from decision_mamba.cli.main import main
from decision_mamba.envs.mean_optimum import mean_optimum
from decision_mamba.evaluation import Evaluation
from decision_mamba.experiments import filming_in_context
from decision_mamba.held_out import HeldOut
from decision_mamba.models import Model, Perceptron, PolicySettings
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy_file import load_policy, save_policy
from decision_mamba.moments import Moments
from decision_mamba.result import Played
from decision_mamba.spaces import Discrete, Spaces, Vector
from tests.evaluation.sweeping import FIRST, LATER, Sweeper
from tests.experiments.learned import write_run

WritePolicy = Callable[..., Path]

# Learned from are all places but the three in the centre's row, of which the sweeper finds each.
ROW_FOUR = [(0, 4), (3, 4), (5, 4)]
CLONING = Perceptron(width=8, blocks=1)
LEARNED = tuple((x, y) for y in range(9) for x in range(9) if (x, y) not in ROW_FOUR)
HELD_OUT = HeldOut(share=80 / 81, places=LEARNED)


@pytest.fixture
def write(tmp_path: Path) -> WritePolicy:
    def written(acting: Acting, actions: int = 5, model: PolicySettings = CLONING) -> Path:
        path = tmp_path / "policy.safetensors"
        moments = Moments(np.zeros(2, np.float32), np.ones(2, np.float32))
        spaces = Spaces(Vector(2), Discrete(actions))
        save_policy(model.build(spaces, moments, acting), path)
        return path

    return written


@pytest.fixture
def sweeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has a sweeper play in the place of every policy."""

    def player(*_: Any, seed: int) -> Any:
        assert seed == 0
        return lambda _: Sweeper()

    monkeypatch.setattr(module, "player", player)
    monkeypatch.setattr(filming_in_context, "player", player)


def lasting(**changes: Any) -> Acting:
    return Acting(window=4, task="darkroom", lasting=True, held_out=HELD_OUT, **changes)


@pytest.mark.usefixtures("sweeping")
def test_returns_by_episode_are_printed_and_written(
    write: WritePolicy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scores.json"
    words = ["--consecutive", "12", "--episodes", "6", "--json", str(path)]

    assert main(["evaluate", str(write(lasting())), *words]) == 0

    scores = json.loads(path.read_text())
    instances = {36 + column: column for column, _ in ROW_FOUR}
    unseen = set(scores["instances"])
    assert unseen <= set(instances)
    assert scores["tasks"] == [
        [FIRST[instances[one]], *[LATER[instances[one]]] * 11] for one in scores["instances"]
    ]
    assert scores["lengths"] == [[20] * 12] * 6
    assert (scores["task"], scores["consecutive"], scores["memory"]) == ("darkroom", 12, "lasting")
    assert (scores["target"], scores["drawn_from"], scores["seed"]) == (None, "unseen", 0)
    assert scores["optimum"] == pytest.approx(mean_optimum("darkroom", frozenset(unseen)))
    assert [one["rule"] for one in scores["readings"]] == ["last-episode", "best-episode"]
    assert scores["acting"]["decisions"] == 6 * 12 * 20
    said = capsys.readouterr().out
    rows = [line.split()[1] for line in said.splitlines() if "±" in line]
    assert rows[:5] == ["1", "2", "5", "10", "12"]
    assert "optimum of these tasks" in said
    assert "ms per decision" in said


@pytest.mark.usefixtures("sweeping")
def test_a_run_plays_as_many_as_it_was_evaluated_by(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run", settings={"evaluation.consecutive": 3})

    assert main(["evaluate", str(run), "--episodes", "3"]) == 0

    assert capsys.readouterr().out.startswith("darkroom, 3 consecutive episodes")


def test_episodes_by_themselves_are_of_all_tasks_and_that_is_said(
    write: WritePolicy, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(write(lasting())), "--episodes", "2"]) == 0

    said = " ".join(capsys.readouterr().out.split())
    assert "tasks learned from and others alike" in said


@pytest.mark.usefixtures("sweeping")
def test_of_which_likeliest_actions_and_for_what_is_said(
    write: WritePolicy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, path = write(lasting(), model=Model(width=8, blocks=1)), tmp_path / "scores.json"
    words = ["--consecutive", "2", "--episodes", "2", "--target", "9", "--keep-target"]

    assert main(["evaluate", str(policy), *words, "--top-k", "3", "--json", str(path)]) == 0

    said = " ".join(capsys.readouterr().out.split())
    assert "asked for 9.00 all through" in said
    assert "of the 3 likeliest actions" in said
    assert json.loads(path.read_text())["keep_target"] is True


@pytest.mark.usefixtures("sweeping")
def test_a_policy_of_another_room_is_named(
    write: WritePolicy, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--task", "darkroom-hard", "--consecutive", "2", "--episodes", "3"]

    assert main(["evaluate", str(write(lasting())), *words]) == 0

    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("darkroom-hard, by a policy of darkroom, 2 consecutive episodes")


@pytest.mark.parametrize(
    ("words", "copies"),
    [
        (["--consecutive", "2", "--episodes", "128"], 128),
        (["--consecutive", "2", "--episodes", "5000"], 1024),
        (["--consecutive", "2", "--episodes", "128", "--copies", "7"], 7),
        (["--episodes", "128"], 100),
    ],
)
def test_consecutive_episodes_are_played_in_one_wave(
    words: list[str], copies: int, write: WritePolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Evaluation] = []

    def noted(_policy: object, settings: Evaluation, *_: object, **_named: object) -> list[Played]:
        asked.append(settings)
        return []

    for name in ("evaluate_in_context", "_play", "as_table"):
        monkeypatch.setattr(evaluate, name, noted if name != "as_table" else lambda *_: "")

    assert main(["evaluate", str(write(lasting())), *words]) == 0

    (settings,) = asked
    assert settings.copies == copies


def test_the_control_needs_no_lasting_memory(write: WritePolicy, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    policy = write(Acting(window=4, task="darkroom", held_out=HeldOut()))
    words = ["--consecutive", "3", "--memory", "episode", "--episodes", "4", "--json", str(path)]

    assert main(["evaluate", str(policy), *words]) == 0

    scores = json.loads(path.read_text())
    assert [len(copy) for copy in scores["tasks"]] == [3] * 4
    assert scores["memory"] == "episode"


@pytest.mark.usefixtures("sweeping")
@pytest.mark.parametrize(
    ("flag", "file", "begins"),
    [("--picture", "ways.png", b"\x89PNG"), ("--video", "ways.gif", b"GIF89a")],
)
def test_the_ways_of_one_task_are_drawn(
    flag: str,
    file: str,
    begins: bytes,
    write: WritePolicy,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / file
    words = ["--consecutive", "2", "--episodes", "1", flag, str(path)]

    assert main(["evaluate", str(write(lasting())), *words]) == 0

    assert path.read_bytes().startswith(begins)
    said = capsys.readouterr().out
    assert "in one task, episode after episode, it earned" in said
    assert "±" not in said  # one task has no interval


FEW = ("--consecutive", "2", "--episodes", "2")


@pytest.mark.parametrize(
    ("words", "acting", "actions", "complaint"),
    [
        (FEW, Acting(task="darkroom", held_out=HeldOut()), 5, "add --memory episode"),
        (
            FEW, Acting(task="darkroom", lasting=True, held_out=HeldOut(share=0.0)), 5,
            "leaves no unseen task",
        ),
        ((*FEW, "--task", "tmaze-9"), lasting(), 5, "tmaze-9 has"),
        (FEW, lasting(), 4, "but darkroom has"),
        (("--task", "large-darkroom"), lasting(), 5, "give a room of the same cells"),
        ((*FEW, "--picture", "ways.jpg"), lasting(), 5, "end in .png"),
        ((*FEW, "--video", "ways.png"), lasting(), 5, "end in .mp4 or .gif"),
        (("--consecutive", "-1"), lasting(), 5, "--consecutive is -1"),
        (("--memory", "episode"), lasting(), 5, "--memory concerns episodes that follow"),
        (("--picture", "ways.png"), lasting(), 5, "--picture concerns episodes that follow"),
        ((*FEW, "--target", "3"), lasting(), 5, "takes no target"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_one_sentence(
    words: tuple[str, ...],
    acting: Acting,
    actions: int,
    complaint: str,
    write: WritePolicy,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["evaluate", str(write(acting, actions)), *words]) == 2

    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1


def test_a_picture_of_what_is_no_maze_is_refused(
    write: WritePolicy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # CartPole shows four numbers, so a policy of two is refused first unless it is let through.
    monkeypatch.setattr(module, "stage", lambda *_: None)
    words = [*FEW, "--task", "CartPole-v1", "--picture", "ways.png"]

    assert main(["evaluate", str(write(lasting())), *words]) == 2

    assert "CartPole-v1 is none; film it" in capsys.readouterr().err


def test_what_was_held_out_travels_in_the_policy_file(write: WritePolicy) -> None:
    assert load_policy(write(lasting())).acting == lasting()
