"""The one loop that steps environments: evaluation scores its episodes, collection stores them."""

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float
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
    for first, wave in _waves(environment, seeds):
        log = _Log(environment, len(wave))
        for row, stepped, i in _play(environment, actor, wave, log):
            yield first + row, log.episode(row, stepped, i)


def earnings(
    environment: Environment, actor: Actor, *, seeds: Sequence[int]
) -> Iterator[tuple[int, Float[ndarray, " t"]]]:
    """Plays as `rollout` does and keeps only what was earned: what was seen is forgotten at once.

    A hundred episodes of an Atari game would hold up to 19 GB of frames.

    Yields:
        The place of its seed in `seeds`, and the rewards of the episode's steps.
    """
    for first, wave in _waves(environment, seeds):
        log = _Earned(environment, len(wave))
        for row, _, _ in _play(environment, actor, wave, log):
            yield first + row, log.rewards(row)


def _waves(environment: Environment, seeds: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    for first in range(0, len(seeds), environment.copies):
        yield first, seeds[first : first + environment.copies]


def _play(
    environment: Environment, actor: Actor, seeds: Sequence[int], log: "_Log | _Earned"
) -> Iterator[tuple[int, Stepped, int]]:
    """Plays a wave; tells of each episode that ends its row, the step that ended it and where."""
    rows = np.arange(len(seeds))
    observations = environment.reset(seeds)
    actor.reset(len(seeds))
    while True:
        actions = actor.act(observations)
        _require_finite(actions, environment.task)
        stepped = environment.step(rows, actions)
        actor.observe(stepped.rewards)
        log.add(rows, observations, actions, stepped.rewards)
        stays = ~(stepped.terminated | stepped.truncated)
        for i in np.flatnonzero(~stays):
            yield int(rows[i]), stepped, int(i)
        if not stays.any():
            return
        if not stays.all():
            actor.keep(stays)
        rows, observations = rows[stays], stepped.observations[stays]


def _require_finite(actions: PlayedActions, task: str) -> None:
    if not np.isfinite(actions).all():
        raise Failure(
            f"the policy chose an action for {task} that is not a finite number; "
            "its weights are damaged: load an earlier policy or train again"
        )


class _Log:
    """What a wave has played so far: a row per episode, a column per step.

    Memory is claimed for the whole horizon and used only as far as it is written.
    """

    def __init__(self, environment: Environment, copies: int) -> None:
        shape = (copies, environment.horizon)
        spaces = environment.spaces
        seen = spaces.observation
        self._observations = np.empty((*shape, *seen.shape), seen.dtype)
        self._actions = spaces.action.zeros(*shape)
        self._earned = _Earned(environment, copies)

    def add(
        self,
        rows: Rows,
        observations: PlayedObservations,
        actions: PlayedActions,
        rewards: PlayedRewards,
    ) -> None:
        self._observations[rows, self._earned.steps] = observations
        self._actions[rows, self._earned.steps] = actions
        self._earned.add(rows, observations, actions, rewards)

    def episode(self, row: int, stepped: Stepped, i: int) -> Episode:
        """The episode of `row`, which ended in the i-th copy stepped last."""
        steps = self._earned.steps
        return Episode(
            observations=self._observations[row, :steps].copy(),
            actions=self._actions[row, :steps].copy(),
            rewards=self._earned.rewards(row),
            terminated=bool(stepped.terminated[i]),
            truncated=bool(stepped.truncated[i]),
            last_observation=stepped.observations[i].copy(),
        )


class _Earned:
    """What a wave has earned so far, laid out and claimed like all that it has played."""

    def __init__(self, environment: Environment, copies: int) -> None:
        self._rewards = np.empty((copies, environment.horizon), np.float64)
        self.steps = 0

    def add(
        self,
        rows: Rows,
        observations: PlayedObservations,  # noqa: ARG002 (another log keeps them)
        actions: PlayedActions,  # noqa: ARG002
        rewards: PlayedRewards,
    ) -> None:
        self._rewards[rows, self.steps] = rewards
        self.steps += 1

    def rewards(self, row: int) -> Float[ndarray, " t"]:
        """What each step of an episode earned."""
        return self._rewards[row, : self.steps].copy()
