"""Bug reports get what they need."""

import pytest

from decision_mamba.cli.main import main


def test_versions_and_backends_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info"]) == 0

    said = capsys.readouterr().out
    assert "torch 2." in said
    assert "device cpu, backend cpu" in said
