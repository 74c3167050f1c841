"""Presets are listed with their parameter counts."""

import json
import tomllib

import pytest

from decision_mamba.cli.main import main
from decision_mamba.experiments.presets import presets


def test_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines) <= 100
    [line] = [line for line in lines if line.startswith("dmamba/hopper-medium-expert ")]
    assert "877,315" in line
    assert "arXiv:2403.19925" in line


def test_json_lists_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "--json"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert [row["preset"] for row in rows] == list(presets())
    assert {
        "preset": "dt/walker2d-medium",
        "paper": "Chen et al. 2021, arXiv:2106.01345",
        "task": "walker2d-medium",
        "parameters": 727_558,
    } in rows


def test_a_preset_shows_all_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "dmamba/hopper-medium"]) == 0

    settings = tomllib.loads(capsys.readouterr().out)
    assert settings["model"]["width"] == 256
    assert settings["training"]["learning_rate"] == 1e-4


def test_a_preset_that_is_not_there_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "dmamba/hoper-medium"]) == 2
    assert "did you mean dmamba/hopper-medium" in capsys.readouterr().err


def test_neighbours_of_a_papers_table_stand_below_their_preset(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["presets"]) == 0

    lines = capsys.readouterr().out.splitlines()
    [above] = [n for n, line in enumerate(lines) if line.startswith("dmamba/walker2d-medium ")]
    assert [line.split()[:2] for line in lines[above + 1 : above + 3]] == [
        [":no-channel-mixing", "482,950"],
        [":no-channel-mixing:blocks-6", "833,158"],
    ]


def test_the_neighbours_of_a_preset_say_in_what_they_differ(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["presets", "dc/hopper-medium-expert:k-10", "--neighbours"]) == 0

    heads, first, *lines = capsys.readouterr().out.splitlines()
    assert heads.split() == ["preset", "weights"]
    assert first.startswith("dc/hopper-medium-expert:k-10 ")
    [line] = [line for line in lines if line.startswith("  :return-once")]
    assert line.endswith('530,563  model.mixer.modalities = 1, model.tokens = "return-once"')
    assert not any(line.startswith("  :k-10") for line in lines)


def test_neighbours_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "dmamba/hopper-medium-expert", "--neighbours", "--json"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert rows[0] == {
        "preset": "dmamba/hopper-medium-expert:no-channel-mixing",
        "paper": "Ota 2024, arXiv:2403.19925",
        "task": "hopper-medium-expert",
        "parameters": 481_411,
        "settings": {"model.channel_mixing": False},
    }


def test_a_neighbour_shows_all_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets", "dmamba/hopper-medium:no-channel-mixing:k-30"]) == 0

    settings = tomllib.loads(capsys.readouterr().out)
    assert settings["preset"] == "dmamba/hopper-medium:no-channel-mixing:k-30"
    assert (settings["model"]["channel_mixing"], settings["windows"]["length"]) == (False, 30)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--neighbours"], "--neighbours needs a preset"),
        (["dmamba/hopper-medium:sideways"], "has no neighbour 'sideways'; there are no-channel"),
        (["dmamba/hopper-medium:"], "has no neighbour ''"),
        (["dt/hopper-medium:left-padding"], "attention would see that padding"),
        (["dmamba/hoper-medium:k-10"], "there is no preset 'dmamba/hoper-medium:k-10'; did you"),
    ],
)
def test_what_is_no_neighbour_is_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["presets", *words]) == 2

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
