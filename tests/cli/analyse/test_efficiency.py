"""Costs from the command line."""

import json
from pathlib import Path

import pytest

from decision_mamba.cli.analyse.efficiency import _subjects
from decision_mamba.cli.main import main
from decision_mamba.experiments.presets import parameters_count, preset

QUICK = ["--lengths", "1", "4", "--repeats", "1"]


def test_a_preset_is_measured_into_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["analyse", "efficiency", "dc/hopper-medium", *QUICK, "--out", str(tmp_path)]

    assert main(words) == 0

    assert "dc/hopper-medium" in capsys.readouterr().out
    numbers = json.loads((tmp_path / "efficiency.json").read_text())
    assert [point["length"] for point in numbers["points"]] == [1, 4]
    assert numbers["points"][0]["policy"] == "dc/hopper-medium"
    assert numbers["points"][0]["window"]["multiply_adds"] > 0
    assert "| dc/hopper-medium | 4 |" in (tmp_path / "efficiency.md").read_text()
    assert (tmp_path / "efficiency.png").read_bytes().startswith(b"\x89PNG")


def test_a_policy_of_contexts_is_measured_beside_another(tmp_path: Path) -> None:
    words = ["analyse", "efficiency", "dt/tmaze-1k-small", "dmh/darkroom-small", *QUICK]

    assert main([*words, "--out", str(tmp_path)]) == 0

    points = json.loads((tmp_path / "efficiency.json").read_text())["points"]
    assert [point["policy"] for point in points] == ["dt/tmaze-1k-small"] * 2 + [
        "dmh/darkroom-small"
    ] * 2


@pytest.mark.parametrize(
    ("name", "horizon"),
    [("ad/darkroom-small", 20), ("dm/tmaze-1k", 1001), ("dmh/hopper-medium", 1000),
     ("dmamba/hopper-medium", None)],
)  # fmt: skip
def test_episodes_are_as_long_as_the_tasks_where_a_memory_lasts(
    name: str, horizon: int | None
) -> None:
    (subject,) = _subjects([name])

    assert subject.horizon == horizon


def test_weights_are_the_presets_whatever_lengths_are_measured(tmp_path: Path) -> None:
    chosen = preset("dt/pong")  # whose positions in the window have a table
    words = ["analyse", "efficiency", chosen.name, "--lengths", "2", "--repeats", "1"]

    assert main([*words, "--out", str(tmp_path)]) == 0

    (point,) = json.loads((tmp_path / "efficiency.json").read_text())["points"]
    assert point["parameters"] == parameters_count(chosen)


def test_the_demo_is_a_preset_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["analyse", "efficiency", "demo", "--lengths", "1", "--repeats", "1", "--out", "."]

    assert main(words) == 0

    assert json.loads(Path("efficiency.json").read_text())["points"][0]["policy"] == "demo"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--lengths", "0"], "the length is 0; expected at least 1"),
        (["--batch", "0"], "the batch is 0"),
        (["nowhere"], "nowhere is neither a run, a policy file nor a preset"),
        (["dema/hoper-medium"], "there is no preset 'dema/hoper-medium'; did you mean"),
        (["dmamba/own"], "the sizes of dmamba/own follow from your data"),
        (["bc/hopper-medium"], "bc/hopper-medium mixes no sequence"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"

    assert main(["analyse", "efficiency", *words, "--out", str(out)]) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not list(tmp_path.glob("out/*"))
