"""What an episode must be before anything learns from it."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy import ndarray

from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput


def sound(parts: Iterable[tuple[str, Iterable[Episode]]]) -> Iterator[Episode]:
    """The episodes of all parts, one after the other.

    Args:
        parts: what to call each part in a message, and its episodes.

    Raises:
        BadInput: at the first flaw, or after a part without an episode.
    """
    first: Episode | None = None
    for name, episodes in parts:
        count = 0
        for episode in episodes:
            first = first or episode
            for flaw in flaws(episode, first):
                raise BadInput(f"{name}, episode {count}{flaw}")
            yield episode
            count += 1
        if count == 0:
            raise BadInput(f"{name} holds no finished episode; expected at least one")


def flaws(episode: Episode, first: Episode) -> Iterator[str]:
    """What is wrong with an episode, each as the end of a sentence that begins with its place.

    Args:
        episode: the one to look at.
        first: the first episode of the same data, whose sizes all others must have.
    """
    lengths = [len(episode.observations), len(episode.actions), len(episode.rewards)]
    if len(set(lengths)) > 1:
        seen, done, paid = lengths
        yield (
            f": {seen} observations, {done} actions and {paid} rewards; expected as many of each"
        )
    elif lengths[0] == 0:
        yield " has no step; expected at least one"
    elif sizes(episode) != sizes(first):
        yield (
            " has {} observation and {} action numbers but the first episode {} and {}; "
            "expected one task".format(*sizes(episode), *sizes(first))
        )
    else:
        yield from _not_finite(episode)


def sizes(episode: Episode) -> tuple[int, int]:
    """Numbers in one observation and in one action."""
    return episode.observations.shape[1], episode.actions.shape[1]


def _not_finite(episode: Episode) -> Iterator[str]:
    columns = {
        "observation number {}": episode.observations,
        "action number {}": episode.actions,
        "the reward": episode.rewards[:, None],
    }
    if episode.last_observation is not None:
        columns["last observation's number {}"] = episode.last_observation[None]
    for name, column in columns.items():
        bad = ~_is_finite(column)
        if bad.any():
            yield _where(name, column, bad)


def _is_finite(column: ndarray) -> ndarray:
    # A comparison with nan is False. Columns are kept as float32, so what would overflow there
    # counts as infinite.
    finite: ndarray = np.abs(column) <= np.finfo(np.float32).max
    return finite


def _where(name: str, column: ndarray, bad: ndarray) -> str:
    step, number = np.argwhere(bad)[0]
    others = np.count_nonzero(bad) - 1
    more = f" (and {others} more in this episode)" if others else ""
    value = f"{column[step, number]}{more}"
    return f", step {step}: {name.format(number)} is {value}; expected a finite number"
