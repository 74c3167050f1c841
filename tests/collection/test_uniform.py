"""DPT's contexts are scattered transitions, or random walks if asked for."""

import numpy as np
import pytest

from decision_mamba.collection.uniform import Uniform, scatter
from decision_mamba.envs.mazes import maze
from decision_mamba.errors import BadInput


def test_steps_begin_anywhere_and_stand_alone() -> None:
    trace = scatter(
        Uniform(), maze("darkroom-10"), 7, histories=50, episodes=40,
        generator=np.random.default_rng(0),
    )  # fmt: skip

    assert set(trace.lengths.tolist()) == {1}
    assert set(trace.states[:, 0].tolist()) == set(range(100))
    assert np.bincount(trace.actions[:, 0]).min() > 340  # of 400 on average


def test_walks_begin_where_the_task_does_and_last() -> None:
    trace = scatter(
        Uniform(walked=True), maze("darkroom-10"), 7, histories=3, episodes=2,
        generator=np.random.default_rng(0),
    )  # fmt: skip

    assert trace.lengths.tolist() == [100] * 6
    assert trace.states[:, 0].tolist() == [0] * 6


def test_single_steps_are_no_play_of_a_maze_that_pays_by_the_clock() -> None:
    with pytest.raises(BadInput, match=r"pays by the clock; collect whole walks with --learner.w"):
        scatter(
            Uniform(), maze("tmaze-5"), 0, histories=1, episodes=1,
            generator=np.random.default_rng(0),
        )  # fmt: skip
