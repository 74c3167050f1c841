"""Updates that nobody waits for, each one CUDA graph on a card."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from decision_mamba.seeding import Seeds
from decision_mamba.training.feed import Feed
from decision_mamba.training.learner import Learner

_REHEARSALS = 3  # before a capture, as torch's notes on CUDA graphs advise


class Ahead:
    """Queues updates one behind the other and reads their values when all are made.

    An update whose loss or gradient is not finite leaves weights and optimiser as they were, and
    so does every one after it until the values are read: the learner then stands before the
    first of them, as if it had been refused at once.

    On a card an update (windows, forward, backward, clipping, AdamW) is captured once and
    replayed. A replay reads the seed that torch's generator of the card has at that time, so
    dropout follows from the seed and the number of the update as it does without capture.
    Everything else that changes from one update to the next lies in memory that is written
    before the replay: where the windows begin, and the learning rate.

    Attributes:
        furthest: how many updates may be made between two readings.
        last_step_loss: never known, for contexts are learned from one by one.
    """

    furthest = 100
    last_step_loss: float | None = None

    def __init__(self, learner: Learner, feed: Feed, seeds: Seeds) -> None:
        device = learner.policy.device
        self._learner, self._feed, self._seeds = learner, feed, seeds
        self._rate = torch.zeros((), device=device)
        self._refused = torch.zeros((), device=device)
        self._values = torch.zeros(2, device=device)
        self._history = torch.zeros(self.furthest, 2, device=device)
        learner.policy.train()
        self._refused.fill_(1.0)  # so that rehearsals change nothing
        with seeds.dropout(0):
            self._replay = recorded(self._update, device)
        self._refused.zero_()

    def until(self, stop: int) -> tuple[float, float]:
        """Makes the updates up to `stop`; returns loss and gradient norm of the last.

        Raises:
            Failure: those of any were not finite; the learner is left as it was before that one.
        """
        self._learner.policy.train()
        first = self._learner.update
        for index in range(first, stop):
            self.queue(index, self._history[index - first])
        values: list[list[float]] = self._history[: stop - first].tolist()  # waits for the device
        self._refused.zero_()
        for index, (loss, norm) in enumerate(values, first):
            self._learner.update = index
            self._learner.refuse_what_is_not_finite(loss, norm)
        self._learner.update = stop
        return values[-1][0], values[-1][1]

    def queue(self, index: int, values: Float[Tensor, "2"]) -> None:
        """Hands an update to the device, which writes its loss and norm to `values`."""
        self._rate.fill_(self._learner.learning_rate(index))
        self._feed.send(self._seeds.windows(index))
        with self._seeds.dropout(index):
            self._replay()
        values.copy_(self._values)

    def _update(self) -> None:
        """The work of one update, on tensors that stay where they are."""
        loss, norm = self._learner.gradients(self._feed.batch())
        torch.stack([loss, norm], out=self._values)
        self._refused.masked_fill_(~self._values.isfinite().all(), 1.0)
        self._learner.optimiser.step(self._rate, self._refused)


def recorded(work: Callable[[], None], device: torch.device) -> Callable[[], None]:
    """Rehearses work, and records it on a card; what comes back does it again without Python."""
    if device.type != "cuda":
        work()
        return work
    # One stream for rehearsals and capture: torch remembers on which a gradient was first made.
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(_REHEARSALS):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        work()
    return graph.replay
