"""What is played decides which kind of collection it is."""

from pathlib import Path

import pytest

from decision_mamba.cli import collect
from decision_mamba.cli.collect import episodes, histories


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["Hopper-v4", "--out", "x.hdf5"], "episodes"),
        (["--out", "x.hdf5", "--steps", "9", "ALE/Pong-v5"], "episodes"),
        (["PongNoFrameskip-v4", "--help"], "episodes"),
        (["Hopper", "--policy", "runs/x"], "episodes"),
        (["darkroom", "--policy=runs/x"], "episodes"),
        (["darkroom", "--out", "x.hdf5"], "histories"),
        (["darkroom", "--out", "rooms-v2"], "histories"),
        (["tmaze-1k", "--out", "rooms-v2.hdf5"], "histories"),
        (["--help"], "histories"),
        ([], "histories"),
    ],
)
def test_ids_are_recorded_and_mazes_are_learned(
    monkeypatch: pytest.MonkeyPatch, words: list[str], kind: str
) -> None:
    carried_out: list[tuple[str, list[str]]] = []
    for module in (episodes, histories):
        name = Path(str(module.__file__)).stem
        monkeypatch.setattr(module, "run", lambda argv, name=name: carried_out.append((name, argv)))

    collect.run(words)

    assert carried_out == [(kind, words)]
