"""Drawing a batch one window at a time, as the official Gym code does.

Restated from what `get_batch` of Chen et al. (arXiv:2106.01345, official code) does: an episode
with a chance proportional to its length, a start within it, slices of K steps padded on the left,
a Python loop over the rewards still to come for the returns-to-go, and one concatenation at the
end. States come out scaled, returns-to-go divided.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from numpy import ndarray
from torch import Tensor

from decision_mamba.data.store import Store


@dataclasses.dataclass(frozen=True)
class Trajectories:
    """A data set as the official code holds it: a list of episodes, and their moments."""

    observations: list[ndarray]
    actions: list[ndarray]
    rewards: list[ndarray]
    mean: ndarray
    std: ndarray
    return_scale: float = 1000.0
    longest: int = 1000

    @staticmethod
    def of(store: Store) -> "Trajectories":
        episodes = [store.episode(index) for index in range(store.episodes)]
        moments = store.moments()
        return Trajectories(
            observations=[np.array(one.observations) for one in episodes],
            actions=[np.array(one.actions) for one in episodes],
            rewards=[np.array(one.rewards) for one in episodes],
            mean=moments.mean,
            std=moments.std,
        )


def draw(
    data: Trajectories, batch_size: int, window: int, generator: np.random.Generator
) -> tuple[Tensor, ...]:
    """States, actions, rewards, returns-to-go, timesteps and mask of a batch."""
    lengths = np.array([len(rewards) for rewards in data.rewards])
    chance = lengths / lengths.sum()
    chosen = generator.choice(np.arange(len(lengths)), size=batch_size, replace=True, p=chance)
    picks = [(int(i), int(generator.integers(lengths[i]))) for i in chosen]
    return cut(data, picks, window)


def cut(data: Trajectories, picks: Sequence[tuple[int, int]], window: int) -> tuple[Tensor, ...]:
    """The same for named windows: (episode, first step) each."""
    columns: list[list[ndarray]] = [[] for _ in range(6)]
    for episode, start in picks:
        for column, part in zip(columns, _window(data, episode, start, window), strict=True):
            column.append(part)
    states, actions, rewards, returns, times, mask = columns
    return (
        torch.from_numpy(np.concatenate(states, axis=0)).to(dtype=torch.float32),
        torch.from_numpy(np.concatenate(actions, axis=0)).to(dtype=torch.float32),
        torch.from_numpy(np.concatenate(rewards, axis=0)).to(dtype=torch.float32),
        torch.from_numpy(np.concatenate(returns, axis=0)).to(dtype=torch.float32),
        torch.from_numpy(np.concatenate(times, axis=0)).to(dtype=torch.long),
        torch.from_numpy(np.concatenate(mask, axis=0)),
    )


def _window(data: Trajectories, episode: int, start: int, window: int) -> list[ndarray]:
    here = slice(start, start + window)
    states = data.observations[episode][here].reshape(1, -1, data.mean.shape[0])
    actions = data.actions[episode][here]
    actions = actions.reshape(1, -1, actions.shape[-1])
    rewards = data.rewards[episode][here].reshape(1, -1, 1)
    taken = states.shape[1]
    times = np.arange(start, start + taken).reshape(1, -1)
    times[times >= data.longest] = data.longest - 1
    returns = _rewards_to_come(data.rewards[episode][start:])[: taken + 1].reshape(1, -1, 1)
    if returns.shape[1] <= taken:
        returns = np.concatenate([returns, np.zeros((1, 1, 1))], axis=1)
    missing = window - taken
    states = np.concatenate([np.zeros((1, missing, states.shape[2])), states], axis=1)
    return [
        (states - data.mean) / data.std,
        np.concatenate([np.ones((1, missing, actions.shape[2])) * -10.0, actions], axis=1),
        np.concatenate([np.zeros((1, missing, 1)), rewards], axis=1),
        np.concatenate([np.zeros((1, missing, 1)), returns], axis=1) / data.return_scale,
        np.concatenate([np.zeros((1, missing)), times], axis=1),
        np.concatenate([np.zeros((1, missing)), np.ones((1, taken))], axis=1),
    ]


def _rewards_to_come(rewards: ndarray) -> ndarray:
    sums = np.zeros_like(rewards)
    sums[-1] = rewards[-1]
    for t in reversed(range(rewards.shape[0] - 1)):
        sums[t] = rewards[t] + sums[t + 1]
    return sums
