"""Runs of episodes cover all of them, whole."""

import numpy as np
import pytest

from decision_mamba.data.sources import hdf5
from decision_mamba.data.sources.hdf5 import blocks


def test_a_run_is_as_long_as_fits_and_never_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5, "_BLOCK", 10)
    offsets = np.array([0, 4, 10, 11, 40, 45])

    # 4 + 6 fit, then 1 alone because the next has 29, which stand alone as well.
    assert list(blocks(offsets)) == [(0, 2), (2, 3), (3, 4), (4, 5)]


def test_no_episode_makes_no_run() -> None:
    assert list(blocks(np.array([0]))) == []
