"""The one loop that steps environments: evaluation scores its episodes, collection stores them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Int
from numpy import ndarray

from decision_mamba.envs.environment import Environment, Stepped
from decision_mamba.episode import Episode
from decision_mamba.errors import Failure
from decision_mamba.shapes import PlayedActions, PlayedObservations, PlayedRewards, Rows


@runtime_checkable
class Actor(Protocol):
    """Whoever chooses actions for several episodes at a time, one row each."""

    def reset(self, copies: int) -> None:
        """Begins `copies` episodes and forgets those before."""

    def act(self, observations: PlayedObservations) -> PlayedActions:
        """Chooses an action for every row, in raw units."""

    def observe(self, rewards: PlayedRewards) -> None:
        """Learns what the last actions earned."""

    def keep(self, rows: Bool[ndarray, " b"]) -> None:
        """Lets finished episodes leave: of the rows of the last `act`, those marked stay.

        Called after `observe`, and only where some leave and some stay.
        """


@runtime_checkable
class LastingActor(Actor, Protocol):
    """An actor that is told where an episode begins which continues what it remembers."""

    def again(self, rows: Bool[ndarray, " b"], arrived: PlayedObservations) -> None:
        """Begins another episode of the same task: of the rows of the last `act`, those marked.

        Called after `observe` and before `keep`, and only where another follows.

        Args:
            rows: whose episode has ended and is followed by another.
            arrived: what every row shows; of an ended episode, its last observation.
        """


def rollout(
    environment: Environment, actor: Actor, *, seeds: Sequence[int]
) -> Iterator[tuple[int, Episode]]:
    """Plays one episode per seed, as many at a time as the environment has copies.

    The episodes of a wave start together. A finished one leaves: it is neither stepped nor acted
    for again and no other takes its place before the next wave, so that every seed gives exactly
    one episode and the short ones are not counted more often than the long ones. Which episodes
    share a wave changes nothing, as far as the actor's arithmetic is the same for any number of
    rows (a matrix product's last bits are often not).

    The actions of an episode are the actor's own; an environment that clips them does so inside.

    Yields:
        The place of its seed in `seeds`, and the episode, as soon as it ends; of those that end
        at the same step, in the order of the seeds.

    Raises:
        Failure: if the actor chooses an action that is not finite.
    """
    for first in range(0, len(seeds), environment.copies):
        wave = np.array(seeds[first : first + environment.copies])[:, None]
        for row, _, episode in _play(environment, actor, wave, _nothing):
            yield first + row, episode


def consecutive(
    environment: Environment, actor: LastingActor, *, seeds: Int[ndarray, "copies episodes"]
) -> Iterator[tuple[int, int, Episode]]:
    """Plays episode after episode in each copy, of which the actor may remember the earlier ones.

    A copy begins its next episode as soon as one has ended, whatever the others do, and leaves
    after its last.

    Args:
        environment: with at least as many copies.
        actor: told where an episode begins that continues what it remembers.
        seeds: of each episode of each copy.

    Yields:
        The copy, which of its episodes it is, and the episode, as soon as it ends.

    Raises:
        Failure: if the actor chooses an action that is not finite.
    """
    yield from _play(environment, actor, seeds, actor.again)


def _nothing(rows: Bool[ndarray, " b"], arrived: PlayedObservations) -> None:
    """Where no episode follows another."""


def _play(
    environment: Environment,
    actor: Actor,
    seeds: Int[ndarray, "copies episodes"],
    begin_again: Callable[[Bool[ndarray, " b"], PlayedObservations], None],
) -> Iterator[tuple[int, int, Episode]]:
    copies, episodes = seeds.shape
    log = _Log(environment, copies)
    rows, played = np.arange(copies), np.zeros(copies, np.int64)
    observations = environment.reset(seeds[:, 0].tolist())
    actor.reset(copies)
    while True:
        actions = actor.act(observations)
        _require_finite(actions, environment.task)
        stepped = environment.step(rows, actions)
        actor.observe(stepped.rewards)
        log.add(rows, observations, actions, stepped.rewards)
        ended = stepped.terminated | stepped.truncated
        for i in np.flatnonzero(ended):
            yield int(rows[i]), int(played[rows[i]]), log.episode(int(rows[i]), stepped, int(i))
        played[rows[ended]] += 1
        observations = stepped.observations
        again = ended & (played[rows] < episodes)
        if again.any():
            begin_again(again, observations)
            begun = rows[again]
            starts = seeds[begun, played[begun]].tolist()
            observations = observations.copy()
            observations[again] = environment.restart(begun, starts)
        stays = again | ~ended
        if not stays.any():
            return
        if not stays.all():
            actor.keep(stays)
        rows, observations = rows[stays], observations[stays]


def _require_finite(actions: PlayedActions, task: str) -> None:
    if not np.isfinite(actions).all():
        raise Failure(
            f"the policy chose an action for {task} that is not a finite number; "
            "its weights are damaged: load an earlier policy or train again"
        )


class _Log:
    """What each copy has played of its episode: a row per copy, a column per step.

    Memory is claimed for the whole horizon and used only as far as it is written.
    """

    def __init__(self, environment: Environment, copies: int) -> None:
        shape = (copies, environment.horizon)
        spaces = environment.spaces
        seen = spaces.observation
        self._observations = np.empty((*shape, *seen.shape), seen.dtype)
        self._actions = spaces.action.zeros(*shape)
        self._rewards = np.empty(shape, np.float64)
        self._steps = np.zeros(copies, np.int64)

    def add(
        self,
        rows: Rows,
        observations: PlayedObservations,
        actions: PlayedActions,
        rewards: PlayedRewards,
    ) -> None:
        at = rows, self._steps[rows]
        self._observations[at] = observations
        self._actions[at] = actions
        self._rewards[at] = rewards
        self._steps[rows] += 1

    def episode(self, row: int, stepped: Stepped, i: int) -> Episode:
        """The episode of `row`, which ended in the i-th copy stepped last; the next begins."""
        steps, self._steps[row] = int(self._steps[row]), 0
        return Episode(
            observations=self._observations[row, :steps].copy(),
            actions=self._actions[row, :steps].copy(),
            rewards=self._rewards[row, :steps].copy(),
            terminated=bool(stepped.terminated[i]),
            truncated=bool(stepped.truncated[i]),
            last_observation=stepped.observations[i].copy(),
        )
