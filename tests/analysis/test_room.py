"""Memory is foretold before it is asked for."""

from pathlib import Path

import pytest
import torch

from decision_mamba.analysis import room
from decision_mamba.analysis.room import PROBES, foretold, free_bytes


def test_what_grows_with_the_square_of_the_length_is_foretold_exactly() -> None:
    def needed(length: int) -> int:
        return 1000 + 30 * length + 4 * length**2

    assert foretold(needed)(20_000) == needed(20_000)


def test_what_grows_with_the_length_is_foretold_without_a_square() -> None:
    assert foretold(lambda length: 500 + 7 * length)(100_000) == 700_500


def test_nothing_is_tried_but_the_short_lengths() -> None:
    tried: list[int] = []

    def needed(length: int) -> int:
        tried.append(length)
        return length

    peak = foretold(needed)
    peak(10**9)

    assert tuple(tried) == PROBES


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    (tmp_path / "memory.stat").write_text("anon 250\nfile 150\ninactive_file 100\nslab 0\n")

    assert room._allowed(tmp_path) == 700  # copies of files that nobody reads are given back


@pytest.mark.parametrize("limit", ["max\n", None])
def test_without_a_limit_all_of_the_machine_is_allowed(tmp_path: Path, limit: str | None) -> None:
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit)

    assert room._allowed(tmp_path) > 2**28


def test_a_tenth_of_what_is_free_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_available", lambda: 1000)
    monkeypatch.setattr(room, "_allowed", lambda: 800)

    assert free_bytes(torch.device("cpu")) == 720
