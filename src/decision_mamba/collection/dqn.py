"""Deep Q-learning, the histories of several tasks side by side in one batched network.

Source: Huang et al. 2024, arXiv:2406.00079, appendix B: histories of DQN on 60 tasks, a million
steps each; no setting is named there. Mnih et al. 2015 (doi:10.1038/nature14236, extended data
table 1) for what a room does not change.
"""

import copy
import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from torch import Tensor
from torch.nn import functional as F

from decision_mamba.collection.bounds import AT_LEAST_0, AT_LEAST_1, SHARE, require_within
from decision_mamba.collection.perceptrons import Perceptrons
from decision_mamba.collection.replay import Replay, Steps
from decision_mamba.collection.trace import Recorder, Trace
from decision_mamba.envs.maze import Maze, Moves, States
from decision_mamba.errors import BadInput


@dataclasses.dataclass(frozen=True)
class DQN:
    """Settings of the learner. 4 steps between updates and batches of 32 are Mnih et al.'s.

    Attributes:
        hidden: widths of the hidden layers.
        rate: of learning, by Adam.
        discount: γ; in rooms of 40 x 40 cells 0.99 does better.
        batch: steps of one history in an update.
        every: environment steps between updates.
        replay: newest steps of a history that are drawn from, rounded up to whole episodes.
        begins: steps that are only played, before the first update.
        renewed: updates between renewals of the target network.
        explored: share of a history's episodes in which the chance of a random action falls from
            1 to `last`, linearly.
        last: chance of a random action at the end. 0, where Mnih et al. stay at 0.1, for a
            history shall end at the optimum.
        networks: how many histories learn side by side, in whole tasks but at least one. Tasks
            that are learned together are collected together, and after a stop again together.
    """

    hidden: tuple[int, ...] = (64,)
    rate: float = 1e-3
    discount: float = 0.9
    batch: int = 32
    every: int = 4
    replay: int = 20_000
    begins: int = 200
    renewed: int = 100
    explored: float = 0.7
    last: float = 0.0
    networks: int = 64


def learn_deeply(
    settings: DQN,
    maze: Maze,
    instances: Sequence[int],
    *,
    histories: int,
    episodes: int,
    generator: np.random.Generator,
    heard: Callable[[float], None] = lambda _: None,
) -> list[Trace]:
    """Plays `histories` times `episodes` episodes of each task, each history from nothing.

    An episode is learned from when it is over. After each, `heard` is told the share that is
    played.

    Returns:
        A trace of each task.

    Raises:
        BadInput: the maze pays by the clock, of which the networks are not told, or a setting is
            out of its range.
    """
    _require_sound(settings, maze)
    tasks = np.repeat(np.asarray(instances, np.int64), histories)
    recorder = Recorder(maze, tasks, episodes, maze.horizon)
    newest = -(-settings.replay // maze.horizon)
    replay = Replay(recorder.trace(), episodes, newest=newest)
    learner = _Learner(settings, maze, len(tasks), generator)
    first = max(-(-settings.begins // maze.horizon), 1)
    for episode, chance in enumerate(_chances(settings, episodes)):
        states = maze.start(tasks, generator.random(len(tasks)))
        recorder.begin(episode, states)
        for time in range(maze.horizon):
            actions = learner.act(states, chance, generator)
            states = recorder.step(episode, time, actions)
            played = episode * maze.horizon + time
            if episode >= first and played % settings.every == 0:
                learner.update(replay.draw(episode, settings.batch, generator))
        heard((episode + 1) / episodes)
    return recorder.trace().parts(len(instances))


def _require_sound(settings: DQN, maze: Maze) -> None:
    if not maze.timeless:
        raise BadInput(
            "DQN needs rewards that do not hang on the time; "
            "a T-maze's episodes are collected by demonstrations"
        )
    counts = ("batch", "every", "replay", "renewed", "networks")
    bounds = {name: AT_LEAST_1 for name in counts} | {
        "rate": SHARE, "discount": SHARE, "last": SHARE, "explored": AT_LEAST_0,
        "begins": AT_LEAST_0,
    }  # fmt: skip
    require_within(settings, bounds)
    if min(settings.hidden, default=1) < 1:
        raise BadInput(f"DQN's hidden is {settings.hidden}; give widths of at least 1")


def _chances(settings: DQN, episodes: int) -> Float[ndarray, " episodes"]:
    """Of a random action, in each episode."""
    gone = np.arange(episodes) / max(settings.explored * episodes, 1e-9)
    chances: Float[ndarray, " episodes"] = 1 - (1 - settings.last) * np.minimum(gone, 1)
    return chances


class _Learner:
    """The networks of h histories, their targets and the optimiser of all."""

    def __init__(
        self, settings: DQN, maze: Maze, networks: int, generator: np.random.Generator
    ) -> None:
        self._settings = settings
        self._actions = maze.actions
        self._sights = torch.from_numpy(_sights(maze))
        widths = (self._sights.shape[1], *settings.hidden, maze.actions)
        seeded = torch.Generator().manual_seed(int(generator.integers(2**62)))
        self._values = Perceptrons(networks, widths, seeded)
        self._targets = copy.deepcopy(self._values).requires_grad_(False)
        self._optimiser = torch.optim.Adam(self._values.parameters(), settings.rate, fused=True)
        self._updates = 0

    def act(self, states: States, chance: float, generator: np.random.Generator) -> Moves:
        is_random = generator.random(len(states)) < chance
        actions: Moves = generator.integers(self._actions, size=len(states))
        if not is_random.all():
            with torch.no_grad():
                values = self._values(self._seen(states[:, None]))[:, 0]
            actions = np.where(is_random, actions, values.argmax(1).numpy())
        return actions

    def update(self, steps: Steps) -> None:
        """Makes one step of the optimiser, with errors clipped as Mnih et al. do."""
        with torch.no_grad():
            future = self._targets(self._seen(steps.afters)).amax(2)
            aims = targets(steps, future, self._settings.discount)
        actions = torch.from_numpy(steps.actions.astype(np.int64))
        values = self._values(self._seen(steps.states))
        chosen = values.gather(2, actions[:, :, None])[:, :, 0]
        loss = F.smooth_l1_loss(chosen, aims, reduction="sum") / self._settings.batch
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        self._updates += 1
        if self._updates % self._settings.renewed == 0:
            self._targets.load_state_dict(self._values.state_dict())

    def _seen(self, states: ndarray) -> Float[Tensor, "h b sight"]:
        return self._sights[torch.from_numpy(states.astype(np.int64))]


def targets(steps: Steps, future: Float[Tensor, "h b"], discount: float) -> Float[Tensor, "h b"]:
    """Aims at r + γ max Q(s', ·), and at r alone where the task ended, not the clock."""
    return torch.from_numpy(steps.rewards) + discount * future * torch.from_numpy(~steps.ends)


def _sights(maze: Maze) -> Float[ndarray, "states sight"]:
    """What the networks see: column, row and which of the place's states it is, each one-hot.

    So a key that was found is seen, as a tabular learner sees it.
    """
    states = np.arange(maze.states)
    columns, rows = maze.places(states).T
    _, place = np.unique(rows * (columns.max() + 1) + columns, return_inverse=True)
    order = np.argsort(place, kind="stable")
    begins = np.searchsorted(place[order], place)
    nth = np.empty_like(states)
    nth[order] = states - begins[order]
    parts = [np.eye(int(axis.max()) + 1, dtype=np.float32)[axis] for axis in (columns, rows, nth)]
    return np.concatenate(parts, axis=1)
