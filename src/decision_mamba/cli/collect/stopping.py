"""A collection that is stopped says how it goes on."""

import contextlib
import shlex
from collections.abc import Iterator

from decision_mamba.experiments.interruption import interruptible


@contextlib.contextmanager
def resumable(argv: list[str]) -> Iterator[None]:
    """Inside, SIGINT and SIGTERM end the command with the words that would go on.

    Args:
        argv: those the collection was begun with.
    """
    try:
        with interruptible():
            yield
    except KeyboardInterrupt as stop:
        words = shlex.join(word for word in argv if word != "--resume")
        raise KeyboardInterrupt(
            f"stopped; decision-mamba collect --resume {words} goes on"
        ) from stop
