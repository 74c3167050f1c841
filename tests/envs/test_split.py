"""Unseen tasks are never among the seen ones."""

import numpy as np
import pytest

from decision_mamba.envs.mazes import maze
from decision_mamba.envs.split import split
from decision_mamba.errors import BadInput


def test_every_task_is_on_one_side() -> None:
    seen, unseen = split(maze("darkroom"), 0)

    assert len(unseen) == 16
    assert sorted([*seen, *unseen]) == list(range(81))


def test_the_seed_decides() -> None:
    again, other = split(maze("darkroom"), 0), split(maze("darkroom"), 1)

    assert np.array_equal(again[1], split(maze("darkroom"), 0)[1])
    assert not np.array_equal(again[1], other[1])


def test_a_t_maze_keeps_both_sides_on_both_sides() -> None:
    seen, unseen = split(maze("tmaze-10"), 3)

    assert seen.tolist() == unseen.tolist() == [0, 1]


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(
        BadInput, match=r"the share of unseen tasks is .*; give one between 0 and 1"
    ):
        split(maze("darkroom"), 0, unseen=share)


@pytest.mark.parametrize(("share", "lacks"), [(0.0, "unseen"), (0.001, "unseen"), (1.0, "seen")])
def test_an_empty_side_is_refused(share: float, lacks: str) -> None:
    with pytest.raises(BadInput, match=f"leaves no {lacks} task"):
        split(maze("darkroom"), 0, unseen=share)
