"""Altered policies from the command line."""

import json
from pathlib import Path

import pytest

from decision_mamba.cli.main import main
from decision_mamba.report.figures import influence


def trained(out: Path, *words: str) -> Path:
    code = main([
        "train", "demo", "--out", str(out), "--training.updates", "1",
        "--training.batch-size", "4", "--model.width", "8", "--model.blocks", "2",
        "--evaluation.every", "0", "--evaluation.no-film", *words,
    ])  # fmt: skip
    assert code == 0
    return out


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("runs") / "one")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("runs") / "two", "--seed", "1")


def test_every_alteration_is_played_from_the_same_starts(
    run: Path, other: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--layers", "1", "all", "--episodes", "2", "--out", str(tmp_path)]

    assert main(["analyse", "influence", str(run), str(other), *words]) == 0

    said = capsys.readouterr().out
    assert all(f" {kind}, layer 1 " in said for kind in ("swap", "random", "zero"))
    numbers = json.loads((tmp_path / "influence.json").read_text())
    made = [(one["kind"], one["layers"]) for one in numbers["alterations"]]
    assert made == [
        (None, []), ("swap", [1]), ("swap", [0, 1]), ("random", [1]), ("random", [0, 1]),
        ("zero", [1]), ("zero", [0, 1]),
    ]  # fmt: skip
    assert all(len(one["targets"][0]["returns"]) == 2 for one in numbers["alterations"])
    assert (tmp_path / "influence.png").read_bytes().startswith(b"\x89PNG")


def test_a_policy_without_a_target_is_played_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--model.tokens", "state-action", "--evaluation.targets"]
    naive = trained(tmp_path / "naive", *words)

    code = main(["analyse", "influence", str(naive), "--layers", "all", "--episodes", "1"])

    said = capsys.readouterr().out
    assert (code, said.count(" none "), said.count("±")) == (0, 3, 0)
    numbers = json.loads((naive / "influence" / "influence.json").read_text())
    assert [one["targets"][0]["target"] for one in numbers["alterations"]] == [None] * 3


def test_without_another_policy_nothing_is_swapped(run: Path) -> None:
    words = ["--layers", "all", "--episodes", "1", "--target", "100"]

    assert main(["analyse", "influence", str(run), *words]) == 0

    numbers = json.loads((run / "influence" / "influence.json").read_text())
    assert [one["kind"] for one in numbers["alterations"]] == [None, "random", "zero"]
    assert numbers["alterations"][0]["targets"][0]["target"] == 100.0


def test_a_run_that_is_here_is_called_by_its_folder(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run)
    # Text of a picture cannot be read, so the title itself is written.
    monkeypatch.setattr(influence, "draw_influence", lambda _, title: title.encode())
    words = ["--kinds", "zero", "--layers", "0", "--episodes", "1", "--out", str(tmp_path)]

    assert main(["analyse", "influence", ".", *words]) == 0

    assert (tmp_path / "influence.png").read_text() == "one: Hopper-v4, window mode"


def test_the_untouched_policy_earns_what_evaluate_says(run: Path, tmp_path: Path) -> None:
    words = ["--episodes", "2", "--target", "3600", "--seed", "3"]
    scores = tmp_path / "scores.json"
    altered = ["--kinds", "zero", "--layers", "0", "--out", str(tmp_path)]

    assert main(["evaluate", str(run), *words, "--json", str(scores)]) == 0
    assert main(["analyse", "influence", str(run), *words, *altered]) == 0

    numbers = json.loads((tmp_path / "influence.json").read_text())
    untouched = numbers["alterations"][0]["targets"][0]["returns"]
    assert untouched == json.loads(scores.read_text())["targets"][0]["returns"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--layers", "2"], "layer 2 was asked for; the policy has 2, counted from 0"),
        (["--layers", "first"], "'first' is no layer"),
        (["--kinds", "swap"], "a swap needs a second policy"),
        (["--kinds", "melt"], "--kinds"),
        (["--episodes", "0"], "episodes is 0"),
        (["--task", "Walker2d-v4"], "11 observation and 3 action numbers, but Walker2d-v4"),
        (["nowhere"], "nowhere: no such policy file"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str], sentence: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyse", "influence", str(run), *words]) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
