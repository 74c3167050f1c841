"""Tabular Q-learning, many histories of one task, from the first random step to the optimum.

Source: Watkins and Dayan 1992; what algorithm distillation needs of it is a history that improves
(Laskin et al. 2022, arXiv:2210.14215, who used A3C, where Huang et al. 2024 used DQN).
"""

import dataclasses
from typing import no_type_check

import numba
import numpy as np
from numpy import ndarray

from decision_mamba.collection.bounds import AT_LEAST_0, SHARE, require_within
from decision_mamba.collection.trace import Trace
from decision_mamba.envs.maze import Maze
from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class QLearning:
    """Settings of the learner.

    Attributes:
        rate: of learning, α. Mazes are deterministic, so 1 forgets nothing that still holds.
        discount: γ.
        first_value: of every action in every state before it was tried. Above what an untried
            one is worth, so that a greedy learner tries it.
        noise: added to the first values, uniform from 0 to this, so that ties break at random.
        explored: share of a history's episodes in which the chance of a random action falls from
            1 to 0, linearly.
        sweeps: how often an episode's steps are learned from again when it is over, the last
            first, which carries a reward back over the whole way to it (backward replay, Lin
            1992, doi:10.1007/BF00992699). Without, it moves one step in an episode.
    """

    rate: float = 1.0
    discount: float = 0.9
    first_value: float = 0.1
    noise: float = 1e-3
    explored: float = 0.7
    sweeps: int = 0


def learn(
    settings: QLearning,
    maze: Maze,
    instance: int,
    *,
    histories: int,
    episodes: int,
    generator: np.random.Generator,
) -> Trace:
    """Plays `histories` times `episodes` episodes of one task, each history from nothing.

    Raises:
        BadInput: the maze pays by the clock, of which a table of states knows nothing, or a
            setting is out of its range.
    """
    _require_sound(settings, maze)
    tables = _tables(maze, instance)
    draws = generator.random(histories * episodes)
    starts = maze.start(np.full(len(draws), instance), draws).astype(np.int32)
    explored = max(settings.explored * episodes, 1e-9)
    chances = np.maximum(0.0, 1 - np.arange(episodes) / explored)
    rates = (settings.rate, settings.discount, settings.sweeps)
    trace = _empty(maze, histories * episodes)
    for begins, part in zip(np.split(starts, histories), trace.parts(histories), strict=True):
        values = settings.first_value + settings.noise * generator.random(tables[0].shape)
        out = (part.states, part.actions, part.rewards, part.lengths, part.ended)
        _one_history(tables, values, (begins, chances), rates, generator, out)
    return trace


def _require_sound(settings: QLearning, maze: Maze) -> None:
    if not maze.timeless:
        raise BadInput(
            "tabular Q-learning needs rewards that do not hang on the time; "
            "a T-maze's episodes are collected by demonstrations"
        )
    others = ("first_value", "noise", "explored", "sweeps")
    bounds = {"rate": SHARE, "discount": SHARE} | {name: AT_LEAST_0 for name in others}
    require_within(settings, bounds)


def _tables(maze: Maze, instance: int) -> tuple[ndarray, ndarray, ndarray]:
    """Next state, reward and end of every action in every state."""
    states, actions = np.indices((maze.states, maze.actions)).reshape(2, -1)
    moved = maze.step(np.full_like(states, instance), states, actions, np.zeros_like(states))
    shape = (maze.states, maze.actions)
    return (
        moved.states.reshape(shape).astype(np.int32),
        moved.rewards.reshape(shape).astype(np.float32),
        moved.ended.reshape(shape),
    )


def _empty(maze: Maze, episodes: int) -> Trace:
    return Trace(
        np.zeros((episodes, maze.horizon + 1), np.int32),
        np.zeros((episodes, maze.horizon), np.int16),
        np.zeros((episodes, maze.horizon), np.float32),
        np.zeros(episodes, np.int32),
        np.zeros(episodes, bool),
    )


@numba.njit(cache=True, nogil=True)
@no_type_check
def _one_history(tables, values, episodes, rates, generator, out):
    nexts, rewards, ends = tables
    starts, chances = episodes
    states, actions, paid, lengths, ended = out
    for episode in range(len(starts)):
        state = starts[episode]
        states[episode, 0] = state
        for time in range(actions.shape[1]):
            if chances[episode] > 0 and generator.random() < chances[episode]:
                action = int(generator.random() * values.shape[1])
            else:
                action = _best(values, state)
            after = nexts[state, action]
            is_end = ends[state, action]
            _learn(tables, values, rates, state, action)
            states[episode, time + 1] = after
            actions[episode, time] = action
            paid[episode, time] = rewards[state, action]
            lengths[episode] = time + 1
            state = after
            if is_end:
                ended[episode] = True
                break
        for _ in range(rates[2]):
            for time in range(lengths[episode] - 1, -1, -1):
                _learn(tables, values, rates, states[episode, time], actions[episode, time])


@numba.njit(cache=True, nogil=True)
@no_type_check
def _learn(tables, values, rates, state, action):
    nexts, rewards, ends = tables
    after = nexts[state, action]
    future = 0.0 if ends[state, action] else values[after, _best(values, after)]
    target = rewards[state, action] + rates[1] * future
    values[state, action] += rates[0] * (target - values[state, action])


@numba.njit(cache=True, nogil=True)
@no_type_check
def _best(values, state):
    # A loop: to make a view of the row costs more than to look at its few numbers.
    best = 0
    for action in range(1, values.shape[1]):
        if values[state, action] > values[state, best]:
            best = action
    return best
