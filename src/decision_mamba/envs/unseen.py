"""The tasks of a maze that a policy has learned from, and those it has not."""

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from decision_mamba.envs.maze import Maze
from decision_mamba.envs.split import split
from decision_mamba.errors import BadInput
from decision_mamba.held_out import HeldOut


def unseen_tasks(maze: Maze, held_out: HeldOut) -> Int[ndarray, " tasks"]:
    """Numbers of the tasks that were held out, ascending; all tasks of a maze that has too few.

    Raises:
        BadInput: there are none, or a place of a task learned from is not in this maze.
    """
    _, unseen = split(maze, held_out.seed, unseen=held_out.share)
    if maze.holds_out and held_out.places:
        unseen = np.setdiff1d(unseen, _placed(maze, held_out))
    if len(unseen) == 0:
        raise BadInput(
            "the policy has learned from every task that was held out, so none is unseen; play "
            "the seen ones, or collect its data with fewer tasks"
        )
    return np.sort(unseen)


def seen_tasks(maze: Maze, held_out: HeldOut) -> Int[ndarray, " tasks"]:
    """Numbers of the tasks that were learned from, ascending.

    Raises:
        BadInput: there are none, or a place of a task learned from is not in this maze.
    """
    if held_out.places:
        return np.unique(_placed(maze, held_out))
    seen, _ = split(maze, held_out.seed, unseen=held_out.share)
    return np.sort(seen[: held_out.tasks or None])


def _placed(maze: Maze, held_out: HeldOut) -> Int[ndarray, " tasks"]:
    return np.array([maze.number(places) for places in held_out.places])
