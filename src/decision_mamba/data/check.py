"""Everything that is wrong with a source, in sentences."""

from collections.abc import Iterator, Sequence

import numpy as np

from decision_mamba.data.read import require_one_task
from decision_mamba.data.soundness import flaws
from decision_mamba.data.sources import find, open_source
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput

_MOST = 0.9  # of the steps: with so many inside -1 and 1, the others are taken for mistakes


def problems(name: str) -> Iterator[str]:
    """What keeps a source from being learned from, or looks like a mistake in it.

    Yields:
        A sentence each, with the episode and the step where there is one, both from 0.

    Raises:
        BadInput: there is no such source.
    """
    find(name)
    try:
        yield from _in_episodes(name)
    except BadInput as error:
        yield str(error)


def problems_together(names: Sequence[str]) -> Iterator[str]:
    """What keeps sources, each without a problem, from being learned from together.

    Yields:
        A sentence for each source whose episodes are of other sizes than the first one's, or else
        one for two sources of different tasks.
    """
    sources = [open_source(name) for name in names]
    firsts = [next(iter(source.episodes())) for source in sources]
    misfits = [
        f"{source.name}, episode 0{flaw}"
        for source, episode in zip(sources, firsts, strict=True)
        for flaw in flaws(episode, firsts[0])
    ]
    if misfits:
        yield from misfits
        return
    try:
        require_one_task(sources)
    except BadInput as error:
        yield str(error)


def _in_episodes(name: str) -> Iterator[str]:
    first: Episode | None = None
    actions = _ActionRange()
    count = 0
    for episode in open_source(name).episodes():
        first = first or episode
        for flaw in flaws(episode, first):
            yield f"{name}, episode {count}{flaw}"
        actions.look_at(episode)
        count += 1
    if count == 0:
        yield f"{name} holds no finished episode; expected at least one"
    for flaw in actions.flaws():
        yield f"{name}, episode {flaw}"


class _ActionRange:
    """Finds actions outside -1 and 1 where most lie inside."""

    def __init__(self) -> None:
        self._episodes = 0
        self._steps = 0
        self._outside = 0
        self._flaws: list[str] = []

    def look_at(self, episode: Episode) -> None:
        if episode.actions.ndim == 1:  # of choices every flaw is reported elsewhere
            return
        # Not "outside", because nan is reported elsewhere.
        beyond = np.abs(episode.actions) > 1
        steps = np.flatnonzero(beyond.any(axis=1))
        self._steps += len(episode.actions)
        self._outside += len(steps)
        if len(steps):
            step = steps[0]
            number = np.flatnonzero(beyond[step])[0]
            more = f" (and at {len(steps) - 1} more steps)" if len(steps) > 1 else ""
            self._flaws.append(
                f"{self._episodes}, step {step}: action number {number} is "
                f"{episode.actions[step, number]:g}{more}; expected -1 to 1 as in most steps"
            )
        self._episodes += 1

    def flaws(self) -> list[str]:
        is_bounded = self._outside < (1 - _MOST) * self._steps
        return self._flaws if is_bounded else []
