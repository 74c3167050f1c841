"""What every source of episodes promises; tests/data/sources/test_source.py holds it to that."""

import abc
from collections.abc import Iterator
from pathlib import Path

from decision_mamba.episode import Episode


class Source(abc.ABC):
    """Episodes that lie somewhere, read only when asked for.

    Attributes:
        name: what the user calls it, for messages.
        task: id of the environment the episodes come from, None where the data do not say.
        steps: how many steps all its episodes have together.
        left_out: steps in the data that belong to no finished episode and are not read.
    """

    name: str
    task: str | None
    steps: int
    left_out: int

    @classmethod
    @abc.abstractmethod
    def recognises(cls, path: Path) -> bool:
        """Whether the file at this path is of the kind that this source reads."""

    @classmethod
    @abc.abstractmethod
    def open(cls, path: Path, name: str) -> "Source":
        """Opens a file that was recognised.

        Raises:
            BadInput: it is of this kind but cannot be used.
        """

    @abc.abstractmethod
    def episodes(self) -> Iterator[Episode]:
        """Reads the episodes in the order of recording, from the first at every call."""
