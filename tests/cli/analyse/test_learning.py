"""Learners compared from the command line: a table, a picture, every number, nothing twice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from decision_mamba.cli.main import main
from decision_mamba.experiments import learning
from decision_mamba.held_out import HeldOut
from decision_mamba.spaces import Discrete, Spaces, Vector
from tests.experiments.learned import LEARNED, write_run

FEW = ["--episodes", "2", "--consecutive", "3", "--read", "2", "--temperatures", "0.5", "1"]


def test_learners_stand_beside_one_another_with_their_seeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [write_run(tmp_path / f"ad-{seed}", settings={"seed": seed}) for seed in (0, 1)]
    runs.append(write_run(tmp_path / "dmh", settings={"preset": "dmh/darkroom-small"}))
    out = tmp_path / "out"

    assert main(["analyse", "learning", *map(str, runs), *FEW, "--out", str(out)]) == 0

    said = capsys.readouterr().out
    assert "dmh/darkroom-small" in said.replace("\n", "")
    numbers = json.loads((out / "learning.json").read_text())
    assert (numbers["task"], numbers["copies"], numbers["read"]) == ("darkroom", 2, 2)
    of_ad = next(one for one in numbers["learners"] if one["learner"] == "ad/darkroom-small")
    assert of_ad["seeds"] == [0, 1]
    assert [len(one["by_episode"]) for one in of_ad["runs"]] == [3, 3]
    assert {one["updates"] for one in of_ad["runs"]} == {7}
    assert set(of_ad["runs"][0]["seen"]) == {"0.5", "1"}
    assert of_ad["runs"][0]["data"] == ["histories-darkroom"]
    assert of_ad["runs"][0]["milliseconds_per_decision"] > 0
    assert len(of_ad["control"]) == 2
    text = (out / "learning.md").read_text()
    assert "decision-mamba analyse learning" in text
    assert "--temperatures 0.5 1" in text
    assert str(tmp_path) not in text + json.dumps(numbers)
    assert (out / "learning.png").read_bytes().startswith(b"\x89PNG")
    assert len(list((out / "runs").iterdir())) == 3 * 4


def test_the_same_command_plays_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["analyse", "learning", str(write_run(tmp_path / "run")), *FEW]
    words += ["--out", str(tmp_path / "out")]
    assert main(words) == 0
    before = (tmp_path / "out" / "learning.json").read_bytes()

    def nobody(*_: Any, seed: int) -> Callable[[float | None], Any]:
        raise AssertionError(seed)

    monkeypatch.setattr(learning, "player", nobody)

    assert main(words) == 0
    assert (tmp_path / "out" / "learning.json").read_bytes() == before


def test_of_a_corridor_each_side_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"evaluation.task": "tmaze-3", "contexts.episodes": 1}
    spaces = Spaces(Vector(2), Discrete(4))
    run = write_run(tmp_path / "run", spaces=spaces, held_out=HeldOut(), settings=settings)
    out = tmp_path / "out"
    words = ["--episodes", "4", "--temperatures", "1", "--out", str(out)]

    assert main(["analyse", "learning", str(run), *words]) == 0

    assert "of each" in capsys.readouterr().out
    text = (out / "learning.md").read_text()
    assert "of each task, episode 1" in text
    assert "2 tasks in 4 copies. All of them were learned from" in text
    (learner,) = json.loads((out / "learning.json").read_text())["learners"]
    assert set(learner["runs"][0]["tasks"]) == {"0", "1"}


EVERY = HeldOut(share=80 / 81, places=(*LEARNED, (0, 4), (3, 4), (5, 4)))


@pytest.mark.parametrize(
    ("arguments", "words", "complaint"),
    [
        ({"status": "stopped"}, FEW, "is unfinished, at update 7 of 9"),
        ({"settings": {"contexts": None}}, FEW, "is not trained on contexts"),
        ({"held_out": EVERY}, FEW, "none is unseen"),
        ({}, [*FEW, "--temperatures", "-1"], "a temperature is -1"),
        ({}, ["--read", "9", "--consecutive", "8"], "episode 9 of 8 cannot be read"),
    ],
)
def test_a_mistake_is_one_sentence(
    arguments: dict[str, Any],
    words: list[str],
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run, out = write_run(tmp_path / "run", **arguments), tmp_path / "out"

    assert main(["analyse", "learning", str(run), *words, "--out", str(out)]) == 2

    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
    assert not list(tmp_path.glob("out/**/*.json"))


def test_a_place_that_cannot_be_written_is_known_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, place = write_run(tmp_path / "run"), tmp_path / "file"
    place.write_text("")

    assert main(["analyse", "learning", str(run), *FEW, "--out", str(place)]) == 2

    assert "cannot be written" in capsys.readouterr().err


def test_runs_of_two_tasks_do_not_compare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [
        write_run(tmp_path / "a"),
        write_run(tmp_path / "b", settings={"evaluation.task": "darkroom-hard"}),
    ]

    assert main(["analyse", "learning", *map(str, runs), "--out", str(tmp_path / "out")]) == 2

    assert "give runs of one task" in capsys.readouterr().err


def test_without_a_run_there_is_nothing_to_compare(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse", "learning"]) == 2

    assert "there is no run to compare" in capsys.readouterr().err
