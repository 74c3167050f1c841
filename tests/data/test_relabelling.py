"""Episodes are said to have earned what was asked for."""

import numpy as np
import pytest

from decision_mamba.data.relabelling import Told, relabelled

RETURNS = np.array([[1.0, 5.0, 3.0], [0.0, 2.0, 2.0]], np.float32)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("own", [[1, 5, 3], [0, 2, 2]]),
        ("best", [[5, 5, 5], [2, 2, 2]]),
        ("last", [[3, 3, 3], [2, 2, 2]]),
        ("target", [[20, 20, 20], [20, 20, 20]]),
    ],
)
def test_returns_are_told_as_asked(told: Told, said: list[list[int]]) -> None:
    assert relabelled(RETURNS, told, 20.0).tolist() == said


def test_returns_stay_single_precision() -> None:
    kinds: list[Told] = ["own", "best", "last", "target"]

    assert {relabelled(RETURNS, told, 1.5).dtype for told in kinds} == {np.dtype(np.float32)}
