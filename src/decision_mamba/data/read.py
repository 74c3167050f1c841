"""From the names of sources to a store."""

import re
from collections.abc import Sequence
from pathlib import Path

from decision_mamba.data.sources import Source, open_source
from decision_mamba.data.store import Store
from decision_mamba.errors import BadInput
from decision_mamba.games import game_of

_VERSIONED = re.compile(r"(.+)-v\d+")


def read(
    names: Sequence[str], directory: Path | None = None, *, played: str | None = None
) -> Store:
    """Reads sources one behind the other: medium-expert is medium and then expert.

    Args:
        names: as `open_source` takes them.
        directory: where the store shall lie; None for files that vanish with the process.
        played: id of the task that is played by who learns from them, if any is.

    Raises:
        BadInput: a source that is not there, is damaged, or holds what cannot be learned from; or
            two of different tasks; or data of another game than is played.
    """
    sources = [open_source(name) for name in names]
    require_one_task(sources)
    _require_the_game_played(sources, played)
    return Store.of_parts([(source.name, source.episodes()) for source in sources], directory)


def require_one_task(sources: Sequence[Source]) -> None:
    """Refuses what would fit by its sizes alone: two games, or HalfCheetah and Walker2d.

    Versions of one task may stand together, and sources that do not say what they are of.

    Raises:
        BadInput: naming the first source of another task.
    """
    known = [(source, played) for source in sources if (played := _played(source.task))]
    for source, played in known:
        first, wanted = known[0]
        if played != wanted:
            raise BadInput(
                f"{source.name} comes from {source.task} but {first.name} from {first.task}; "
                "learn from one task at a time"
            )


def _require_the_game_played(sources: Sequence[Source], task: str | None) -> None:
    """Refuses what would fit by its sizes: 3 is another move in another game."""
    wanted = game_of(task or "")
    for source in sources:
        learned = game_of(source.task or "")
        if wanted is not None and learned is not None and learned != wanted:
            raise BadInput(
                f"{source.name} comes from {source.task}, but {task} shall be played; give data of "
                f"{wanted}, or --evaluation.task {source.task}"
            )


def _played(task: str | None) -> str | None:
    """What is played in a task, whichever version; None where its id has no version."""
    if task is None:
        return None
    named = _VERSIONED.fullmatch(task)
    return game_of(task) or (named[1] if named else None)
