"""The picture has a line per learner, its control and the optimum."""

from pathlib import Path
from typing import Any

import pytest

from decision_mamba.cli.analyse import learning_picture
from decision_mamba.experiments.trained import trained_in_context
from decision_mamba.report.figures.return_by_episode import Curve
from tests.cli.analyse.learners import two_learners
from tests.experiments.learned import write_run


def test_learners_are_drawn_in_the_order_of_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []

    def by_episode_png(curves: list[Curve], title: str, *, intervals: str) -> bytes:
        drawn.extend((curves, title, intervals))
        return b"drawn"

    monkeypatch.setattr(learning_picture, "by_episode_png", by_episode_png)
    found = two_learners(trained_in_context(write_run(tmp_path / "run")))

    assert learning_picture.picture(found) == b"drawn"

    curves, title, intervals = drawn
    assert [curve.label for curve in curves] == ["high, 3 seeds", "low, 3 seeds"]
    assert [mean.mean for mean in curves[0].means] == [1.0, 15.0]
    assert [mean.mean for mean in curves[0].control] == [1.0, 0.5]
    assert curves[0].optimum == found[0].optimum
    assert (title, intervals) == ("darkroom: 1 unseen task in 1 copy", "seeds")


def test_it_is_a_file(tmp_path: Path) -> None:
    found = two_learners(trained_in_context(write_run(tmp_path / "run")))

    assert learning_picture.picture(found).startswith(b"\x89PNG")
