"""What an episode must be before anything learns from it."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy import ndarray

from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput

_AXES = {
    "observations": ("steps", "numbers"),
    "actions": ("steps", "numbers"),
    "rewards": ("steps",),
    "last_observation": ("numbers",),
}


def sound(parts: Iterable[tuple[str, Iterable[Episode]]]) -> Iterator[Episode]:
    """The episodes of all parts, one after the other.

    Args:
        parts: what to call each part in a message, and its episodes.

    Raises:
        BadInput: at the first flaw, after a part without an episode, or if there is no part.
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
    if first is None:
        raise BadInput("no source of episodes was given; expected at least one")


def flaws(episode: Episode, first: Episode) -> Iterator[str]:
    """What is wrong with an episode, each as the end of a sentence that begins with its place.

    Args:
        episode: the one to look at.
        first: the first episode of the same data, whose sizes all others must have.
    """
    if wrong := list(_wrong_axes(episode)):
        yield from wrong
        return
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
    elif (size := _last_size(episode)) != sizes(episode)[0]:
        yield (
            f": last_observation has {size} numbers but its observations have "
            f"{sizes(episode)[0]}; expected as many"
        )
    else:
        yield from _not_finite(episode)


def sizes(episode: Episode) -> tuple[int, int]:
    """Numbers in one observation and in one action."""
    return episode.observations.shape[1], episode.actions.shape[1]


def _wrong_axes(episode: Episode) -> Iterator[str]:
    for name, axes in _AXES.items():
        column = getattr(episode, name)
        if column is not None and column.ndim != len(axes):
            yield f": shape of {name} is {column.shape}; expected the axes {', '.join(axes)}"


def _last_size(episode: Episode) -> int:
    last = episode.last_observation
    return sizes(episode)[0] if last is None else len(last)


def _not_finite(episode: Episode) -> Iterator[str]:
    columns = {
        ", step {step}: observation number {number}": episode.observations,
        ", step {step}: action number {number}": episode.actions,
        ", step {step}: the reward": episode.rewards[:, None],
    }
    last = episode.last_observation
    if last is not None:
        columns[", after the last step: observation number {number}"] = last[None]
    for place, column in columns.items():
        bad = ~_is_finite(column)
        if bad.any():
            yield _where(place, column, bad)


def _is_finite(column: ndarray) -> ndarray:
    # A comparison with nan is False. Columns are kept as float32, so what would overflow there
    # counts as infinite.
    finite: ndarray = np.abs(column) <= np.finfo(np.float32).max
    return finite


def _where(place: str, column: ndarray, bad: ndarray) -> str:
    step, number = np.argwhere(bad)[0]
    others = np.count_nonzero(bad) - 1
    more = f" (and {others} more in this episode)" if others else ""
    value = f"{column[step, number]}{more}"
    return f"{place.format(step=step, number=number)} is {value}; expected a finite number"
