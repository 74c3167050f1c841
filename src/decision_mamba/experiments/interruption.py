"""Ctrl-C and SIGTERM that never fall into the middle of an update."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Interruption:
    """Turns both signals into KeyboardInterrupt, at once or after a block that must be whole."""

    def __init__(self) -> None:
        self._deferring = False
        self._asked = False

    @contextlib.contextmanager
    def deferred(self) -> Iterator[None]:
        """A signal inside the block interrupts when the block is through."""
        self._deferring = True
        try:
            yield
        finally:
            self._deferring = False
        if self._asked:
            self._asked = False
            raise KeyboardInterrupt

    def signalled(self, _signal: int, _frame: FrameType | None) -> None:
        """The handler."""
        if not self._deferring:
            raise KeyboardInterrupt
        self._asked = True


@contextlib.contextmanager
def interruptible() -> Iterator[Interruption]:
    """Handles both signals inside the block; outside the main thread Python leaves that to it."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {one: signal.signal(one, interruption.signalled) for one in signals}
    try:
        yield interruption
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
