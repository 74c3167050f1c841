"""Presets are listed with their parameter counts."""

import json
import tomllib

import pytest

from decision_mamba.cli.main import main


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
    assert len(rows) == 45
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
