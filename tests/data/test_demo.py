"""The bundled episodes are small, sound, and of every level of return."""

import numpy as np

from decision_mamba.data.check import problems
from decision_mamba.data.read import read
from decision_mamba.data.sources import find


def test_they_have_no_problem() -> None:
    assert list(problems("demo")) == []


def test_they_are_small() -> None:
    assert find("demo").stat().st_size < 4_000_000


def test_they_are_those_of_their_card() -> None:
    store = read(["demo"])

    counts, _ = np.histogram(store.returns, bins=np.arange(500, 4001, 500))
    assert counts.tolist() == [0, 40, 35, 7, 8, 0, 15]
    assert store.steps == 53_767
    assert f"{store.episodes} episodes, {store.steps:,} steps" in (
        find("demo").with_name("README.md").read_text()
    )
