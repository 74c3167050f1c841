"""The episode that policies are looked at in: one they play, or one that was logged."""

import numpy as np
import torch
from numpy import ndarray

from decision_mamba.batch import Batch
from decision_mamba.data.read import read
from decision_mamba.data.stacks import stacked
from decision_mamba.envs import make, rollout
from decision_mamba.envs.preprocessing import AS_DQN, Preprocessing
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import require_fit
from decision_mamba.models import Policy
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Continuous, Spaces, Vector


def logged(sources: tuple[str, ...], number: int | None, policy: Policy) -> Episode:
    """An episode of data, counted from 0; the longest if no number is given.

    Raises:
        BadInput: the data have no such episode, cannot be read, or do not fit the policy.
    """
    store = read(sources)
    if not store.spaces.fit_into(policy.spaces):
        raise BadInput(
            f"the policy was made for {policy.spaces}, but {', '.join(sources)} has "
            f"{store.spaces}; give data of the policy's own kind"
        )
    if number is None:
        number = int(store.lengths.argmax())
    if not 0 <= number < store.episodes:
        raise BadInput(
            f"there is no episode {number} in {', '.join(sources)}; expected 0 to "
            f"{store.episodes - 1}"
        )
    return store.episode(number)


def played(
    policy: Policy,
    task: str,
    target: float | None,
    *,
    start: int,
    preprocessing: Preprocessing = AS_DQN,
) -> Episode:
    """Plays one episode in window mode, from the start that evaluations give that number.

    Args:
        policy: which plays.
        task: what it plays.
        target: the return it is asked for.
        start: counted from 0.
        preprocessing: of the screen of an Atari game.

    Raises:
        BadInput: the task is not known or does not fit, or the policy cannot take the target.
    """
    if start < 0:
        raise BadInput(f"--episode is {start}; expected at least 0")
    environment = make(task, 1, preprocessing=preprocessing)
    try:
        require_fit(policy.spaces, environment)
        seed = Seeds(0).environments(start + 1)[start]
        [(_, episode)] = rollout(environment, policy.agent(target), seeds=[seed])
    finally:
        environment.close()
    return episode


def as_batch(episode: Episode, policy: Policy, target: float | None) -> Batch:
    """The episode as its player saw it, b = 1, on the policy's device.

    Args:
        episode: played or logged.
        policy: whose way of telling rewards decides whether what was earned is taken off.
        target: what was asked for; None for what the episode earned.
    """
    rewards = np.asarray(episode.rewards, np.float64)
    if policy.acting.rewards == "clipped":
        rewards = rewards.clip(-1, 1)
    asked = np.full(len(rewards), rewards.sum() if target is None else target)
    if policy.acting.rewards != "delayed":
        asked -= np.cumsum(rewards) - rewards
    columns = (
        _seen(episode, policy.spaces), episode.actions, asked, np.arange(len(rewards)),
        np.ones(len(rewards), np.bool_),
    )  # fmt: skip
    done = torch.float32 if isinstance(policy.spaces.action, Continuous) else torch.int64
    shown = torch.float32 if isinstance(policy.spaces.observation, Vector) else torch.uint8
    types = (shown, done, torch.float32, torch.int64, torch.bool)
    parts = (
        torch.tensor(np.asarray(column), dtype=dtype)[None]
        for column, dtype in zip(columns, types, strict=True)
    )
    return Batch(*parts).to(policy.device)


def _seen(episode: Episode, spaces: Spaces) -> ndarray:
    """What is seen at each step: the numbers, or the last frames together."""
    if isinstance(spaces.observation, Vector):
        return episode.observations
    steps, first = np.arange(len(episode))[None], np.zeros((1, 1), np.int64)
    stacks = stacked(episode.observations, steps, first, spaces.observation.stack)  # b = 1
    seen: ndarray = stacks[0]
    return seen
