"""The last frames of the episodes that a policy of images plays."""

import numpy as np
from jaxtyping import Bool, UInt8
from numpy import ndarray


class Frames:
    """Keeps of each episode as many frames as a policy sees together, the oldest first.

    What lies before an episode's first frame is black. Training gathers the same stacks from
    whole episodes.
    """

    def __init__(self, stack: int) -> None:
        """Before the first frames of episodes, of which `stack` are seen together."""
        self._stack = stack
        self._seen: UInt8[ndarray, "b stack height width"] | None = None

    def then(
        self, shown: UInt8[ndarray, "b height width"]
    ) -> UInt8[ndarray, "b stack height width"]:
        """Takes what each episode shows next; returns what is seen of it, as memory of its own."""
        if self._seen is None:
            self._seen = np.zeros((len(shown), self._stack, *shown.shape[1:]), np.uint8)
        self._seen = np.concatenate([self._seen[:, 1:], shown[:, None]], axis=1)
        return self._seen

    def again(self, rows: Bool[ndarray, " b"]) -> None:
        """Begins another episode in some rows."""
        if self._seen is not None:
            self._seen = np.where(rows[:, None, None, None], np.uint8(0), self._seen)

    def keep(self, rows: Bool[ndarray, " b"]) -> None:
        """Lets the episodes that are over leave."""
        self._seen = None if self._seen is None else self._seen[rows]
