"""What was learned from and what was not are what the collection says."""

from pathlib import Path

import numpy as np
import pytest

from decision_mamba.collection.collect import Collection, collect
from decision_mamba.collection.uniform import Uniform
from decision_mamba.data.histories import Histories
from decision_mamba.envs.mazes import maze
from decision_mamba.envs.unseen import seen_tasks, unseen_tasks
from decision_mamba.errors import BadInput
from decision_mamba.held_out import HeldOut

ROOM = maze("darkroom")


@pytest.mark.parametrize("places", [(), ((1, 0), (2, 0), (3, 0), (4, 0))])
def test_a_file_of_histories_and_what_travels_name_the_same_tasks(
    places: tuple[tuple[int, ...], ...], tmp_path: Path
) -> None:
    path = tmp_path / "histories.hdf5"
    wanted = Collection(
        "darkroom", Uniform(), tasks=4, histories=1, episodes=1, seed=5, places=places
    )
    list(collect(wanted, path))

    histories = Histories.open(path)
    held_out = HeldOut.of_collection(histories.collection)

    assert unseen_tasks(ROOM, held_out).tolist() == sorted(histories.unseen.tolist())
    assert seen_tasks(ROOM, held_out).tolist() == sorted(set(histories.instances.tolist()))


def test_seen_and_unseen_make_the_whole_family() -> None:
    both = [*seen_tasks(ROOM, HeldOut(seed=1)), *unseen_tasks(ROOM, HeldOut(seed=1))]

    assert sorted(both) == list(range(81))


def test_a_t_maze_has_nothing_to_hold_out() -> None:
    assert unseen_tasks(maze("tmaze-3"), HeldOut()).tolist() == [0, 1]
    assert seen_tasks(maze("tmaze-3"), HeldOut()).tolist() == [0, 1]


def test_where_every_task_was_learned_from_none_is_unseen() -> None:
    everywhere = tuple((column, row) for column in range(9) for row in range(9))

    with pytest.raises(BadInput, match="learned from every task that was held out"):
        unseen_tasks(ROOM, HeldOut(places=everywhere))


def test_a_place_outside_the_maze_is_refused() -> None:
    with pytest.raises(BadInput, match=r"\(40, 0\) lies outside a room"):
        seen_tasks(ROOM, HeldOut(places=((40, 0),)))


def test_numbers_are_whole() -> None:
    assert unseen_tasks(ROOM, HeldOut()).dtype == np.int64
