"""What an episode must be before anything learns from it."""

import math
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
_SEEN = ("observations", "last_observation")
MOST_ACTIONS = 2**15  # that can be chosen from: what the store's column of whole numbers can name


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
    elif episode.actions.ndim != first.actions.ndim:
        yield (
            f": shape of actions is {episode.actions.shape} but in the first episode "
            f"{first.actions.shape}; expected numbers in both, or a choice in both"
        )
    elif episode.observations.shape[1:] != first.observations.shape[1:] and _frames(episode, first):
        yield (
            f": shape of observations is {episode.observations.shape} but in the first episode "
            f"{first.observations.shape}; expected frames of one size in both, or in none"
        )
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
        yield from _no_choice(episode)
        yield from _not_finite(episode)


def _frames(*episodes: Episode) -> bool:
    return any(episode.observations.ndim > 2 for episode in episodes)


def sizes(episode: Episode) -> tuple[int, int]:
    """Numbers in one observation and in one action; 0 in one that was chosen."""
    return math.prod(episode.observations.shape[1:]), sum(episode.actions.shape[1:])


def _wrong_axes(episode: Episode) -> Iterator[str]:
    for name, axes in _AXES.items():
        column = getattr(episode, name)
        is_choice = name == "actions" and column.ndim == 1
        if column is None or column.ndim == len(axes) or is_choice:
            continue
        if not _shows_frames(name, column, len(axes)):
            yield f": shape of {name} is {column.shape}; expected {_expected(name, column, axes)}"


def _expected(name: str, column: ndarray, axes: tuple[str, ...]) -> str:
    plain = f"the axes {', '.join(axes)}"
    more = column.ndim - len(axes)
    if name not in _SEEN or more not in (1, 2):
        return plain
    frames = f"uint8 with the axes {', '.join((*axes[:-1], 'height', 'width'))}"
    if more == 1:
        return f"{plain}, or frames: {frames}, not {column.dtype}"
    if 3 in (column.shape[-1], column.shape[-3]):
        return f"grey frames: {frames}, without an axis of colours"
    return f"single frames: {frames}; the library stacks them itself"


def _shows_frames(name: str, column: ndarray, axes: int) -> bool:
    return name in _SEEN and column.ndim == axes + 1 and column.dtype == np.uint8


def _last_size(episode: Episode) -> int:
    last = episode.last_observation
    return sizes(episode)[0] if last is None else last.size


def _no_choice(episode: Episode) -> Iterator[str]:
    if episode.actions.ndim > 1:
        return
    actions = episode.actions.astype(np.float64)
    bad = ~((actions >= 0) & (actions < MOST_ACTIONS) & (np.floor(actions) == actions))
    if bad.any():
        step = int(np.flatnonzero(bad)[0])
        yield (
            f", step {step}: the action is {actions[step]:g}{_more(bad)}; expected a whole number "
            f"from 0 to {MOST_ACTIONS - 1}, or the axes steps, numbers where actions are real"
        )


def _not_finite(episode: Episode) -> Iterator[str]:
    columns = {}
    if not _frames(episode):
        columns[", step {step}: observation number {number}"] = episode.observations
    if episode.actions.ndim > 1:
        columns[", step {step}: action number {number}"] = episode.actions
    columns[", step {step}: the reward"] = episode.rewards[:, None]
    last = episode.last_observation
    if last is not None and not _frames(episode):
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
    value = f"{column[step, number]}{_more(bad)}"
    return f"{place.format(step=step, number=number)} is {value}; expected a finite number"


def _more(bad: ndarray) -> str:
    others = np.count_nonzero(bad) - 1
    return f" (and {others} more in this episode)" if others else ""
