"""The one loop that steps environments: evaluation scores its episodes, collection stores them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, Int
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
    for first, wave in _waves(environment, seeds):
        log = _Log(environment, len(wave))
        for row, _, stepped, i in _play(environment, actor, wave, log):
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
        for row, _, _, _ in _play(environment, actor, wave, log):
            yield first + row, log.rewards(row)


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
    log = _Log(environment, len(seeds))
    for row, number, stepped, i in _play(environment, actor, seeds, log, actor.again):
        yield row, number, log.episode(row, stepped, i)


def _waves(
    environment: Environment, seeds: Sequence[int]
) -> Iterator[tuple[int, Int[ndarray, "copies 1"]]]:
    for first in range(0, len(seeds), environment.copies):
        yield first, np.array(seeds[first : first + environment.copies])[:, None]


def _nothing(rows: Bool[ndarray, " b"], arrived: PlayedObservations) -> None:
    """Where no episode follows another."""


def _play(
    environment: Environment,
    actor: Actor,
    seeds: Int[ndarray, "copies episodes"],
    log: "_Log | _Earned",
    begin_again: Callable[[Bool[ndarray, " b"], PlayedObservations], None] = _nothing,
) -> Iterator[tuple[int, int, Stepped, int]]:
    """Plays a wave.

    Yields:
        Of each episode that ends its row, its number there, the step that ended it, and where in
        that step it stands.
    """
    copies, episodes = seeds.shape
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
            yield int(rows[i]), int(played[rows[i]]), stepped, int(i)
        played[rows[ended]] += 1
        observations = stepped.observations
        again = ended & (played[rows] < episodes)
        if again.any():
            begin_again(again, observations)
            begun = rows[again]
            log.begin(begun)
            observations = observations.copy()
            observations[again] = environment.restart(begun, seeds[begun, played[begun]].tolist())
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
        self._earned = _Earned(environment, copies)

    def add(
        self,
        rows: Rows,
        observations: PlayedObservations,
        actions: PlayedActions,
        rewards: PlayedRewards,
    ) -> None:
        at = rows, self._earned.steps[rows]
        self._observations[at] = observations
        self._actions[at] = actions
        self._earned.add(rows, observations, actions, rewards)

    def begin(self, rows: Rows) -> None:
        """Begins another episode in these copies."""
        self._earned.begin(rows)

    def episode(self, row: int, stepped: Stepped, i: int) -> Episode:
        """The episode of `row`, which ended in the i-th copy stepped last."""
        steps = self._earned.steps[row]
        return Episode(
            observations=self._observations[row, :steps].copy(),
            actions=self._actions[row, :steps].copy(),
            rewards=self._earned.rewards(row),
            terminated=bool(stepped.terminated[i]),
            truncated=bool(stepped.truncated[i]),
            last_observation=stepped.observations[i].copy(),
        )


class _Earned:
    """What each copy has earned in its episode, laid out like all that it has played."""

    def __init__(self, environment: Environment, copies: int) -> None:
        self._rewards = np.empty((copies, environment.horizon), np.float64)
        self.steps = np.zeros(copies, np.int64)

    def add(
        self,
        rows: Rows,
        observations: PlayedObservations,  # noqa: ARG002 (another log keeps them)
        actions: PlayedActions,  # noqa: ARG002
        rewards: PlayedRewards,
    ) -> None:
        self._rewards[rows, self.steps[rows]] = rewards
        self.steps[rows] += 1

    def begin(self, rows: Rows) -> None:
        """Begins another episode in these copies."""
        self.steps[rows] = 0

    def rewards(self, row: int) -> Float[ndarray, " t"]:
        """What each step of an episode earned."""
        return self._rewards[row, : self.steps[row]].copy()
