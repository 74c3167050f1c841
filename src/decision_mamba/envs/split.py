"""Which tasks of a maze are learned from, and which are kept unseen."""

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from decision_mamba.envs.maze import Maze
from decision_mamba.errors import BadInput
from decision_mamba.seeding import Seeds


def split(
    maze: Maze, seed: int, *, unseen: float = 0.2
) -> tuple[Int[ndarray, " seen"], Int[ndarray, " unseen"]]:
    """Shuffles the tasks of a maze by a seed and cuts them into seen and unseen ones.

    A maze with too few tasks to hold any out, such as a T-maze, gives all of them both times.

    Args:
        maze: whose tasks they are.
        seed: alone decides which tasks go where.
        unseen: their share, rounded to whole tasks.

    Raises:
        BadInput: the seen or the unseen would be none.
    """
    order = Seeds(seed).tasks().permutation(maze.instances)
    if not maze.holds_out:
        return np.sort(order), np.sort(order)
    if not 0 <= unseen <= 1:
        raise BadInput(f"the share of unseen tasks is {unseen:g}; give one between 0 and 1")
    held = round(unseen * maze.instances)
    if not 0 < held < maze.instances:
        raise BadInput(
            f"a share of {unseen:g} of {maze.instances} tasks leaves no "
            f"{'unseen' if held <= 0 else 'seen'} task; choose a share between 0 and 1, or a maze "
            "of more tasks"
        )
    return order[held:], order[:held]
