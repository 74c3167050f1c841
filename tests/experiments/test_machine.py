"""Devices are chosen by name."""

import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.experiments.machine import choose_device, versions


def test_auto_takes_a_card_only_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    without = choose_device("auto")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    assert without == torch.device("cpu")
    assert choose_device("auto") == torch.device("cuda")
    assert choose_device("cpu") == torch.device("cpu")


def test_a_card_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(BadInput, match="needs an NVIDIA card"):
        choose_device("cuda")


def test_versions_name_torch() -> None:
    assert f"torch {torch.__version__}" in versions()


def test_versions_name_what_plays_and_draws_games() -> None:
    ale_py = pytest.importorskip("ale_py")

    told = versions()

    assert f"ale-py {ale_py.__version__}" in told
    assert {line.split()[0] for line in told} >= {"opencv-python-headless", "opencv-python"}
