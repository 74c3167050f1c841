"""What the best policy that knows the tasks would earn on average over them."""

import functools

import numpy as np

from decision_mamba.envs.maze import Instances, Maze
from decision_mamba.envs.mazes import maze
from decision_mamba.envs.optimum import optimal_returns

_AT_ONCE = 500_000  # states times actions times tasks, which bounds memory at some 100 MB


@functools.lru_cache(maxsize=16)
def mean_optimum(task: str, instances: frozenset[int]) -> float:
    """Mean over these tasks of a maze, each counted once, of the return of an optimal episode.

    Exact in rooms. In a T-maze, whose time would make the tables as long as its corridor is
    squared, it is what the optimal actions earn.
    """
    family = maze(task)
    tasks = np.array(sorted(instances))
    if not family.timeless:
        return _earned(family, tasks)
    size = max(_AT_ONCE // (family.states * family.actions), 1)
    parts = [optimal_returns(family, tasks[i : i + size]) for i in range(0, len(tasks), size)]
    return float(np.concatenate(parts).mean())


def _earned(family: Maze, tasks: Instances) -> float:
    states = family.start(tasks, np.zeros(len(tasks)))
    earned, goes_on = np.zeros(len(tasks)), np.ones(len(tasks), bool)
    for time in range(family.horizon):
        actions = family.optimal(tasks, states)
        moved = family.step(tasks, states, actions, np.full(len(tasks), time))
        earned += np.where(goes_on, moved.rewards, 0.0)
        goes_on &= ~moved.ended
        states = moved.states
    return float(earned.mean())
