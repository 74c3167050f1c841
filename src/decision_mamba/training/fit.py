"""The training loop, a generator: who consumes it decides when to evaluate, save and stop."""

import dataclasses
import time
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from decision_mamba.batch import Batch, Context
from decision_mamba.data.contexts import Contexts
from decision_mamba.data.windows import Windows
from decision_mamba.ops.backends import backend_for
from decision_mamba.seeding import Seeds
from decision_mamba.training.ahead import Ahead
from decision_mamba.training.feed import feed_for
from decision_mamba.training.last_step import last_step_error
from decision_mamba.training.learner import Learner


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far the learner has come: after every update, or on a card after several.

    Attributes:
        update: how many updates have been made.
        loss: of the last one's batch, before the update.
        gradient_norm: of the last one, before clipping.
        learning_rate: of the last one.
        seconds: spent on all updates so far, those before a resume included.
        last_step_loss: of the same batch, of the last step of each row alone (`last_step_error`);
            known at every multiple of `log_every` and at the last update, where contexts give that
            step a share of the loss; None elsewhere.
    """

    update: int
    loss: float
    gradient_norm: float
    learning_rate: float
    seconds: float
    last_step_loss: float | None = None


@runtime_checkable
class Updates(Protocol):
    """A way to make updates.

    Attributes:
        furthest: how many it can make between two looks at the loss.
        last_step_loss: at the last look, as `Progress` says.
    """

    furthest: int
    last_step_loss: float | None

    def until(self, stop: int) -> tuple[float, float]:
        """Makes the updates up to `stop`; returns loss and gradient norm of the last."""


class OneByOne:
    """Draws, learns and looks, one update after another."""

    furthest = 1

    def __init__(self, learner: Learner, rows: Windows | Contexts, seeds: Seeds) -> None:
        self._learner, self._rows, self._seeds = learner, rows, seeds
        self.last_step_loss: float | None = None

    def until(self, stop: int) -> tuple[float, float]:
        values = 0.0, 0.0
        for index in range(self._learner.update, stop):
            size = self._learner.settings.batch_size
            batch = self._rows.draw(size, self._seeds.windows(index))
            batch = batch.to(self._learner.policy.device)
            with self._seeds.dropout(index):
                self.last_step_loss = self._of_last_step(batch, index + 1)
            with self._seeds.dropout(index):
                values = self._learner.learn(batch)
        return values

    def _of_last_step(self, batch: Batch, update: int) -> float | None:
        # Another forward pass, so only where somebody reads it.
        settings = self._learner.settings
        is_read = update % settings.log_every == 0 or update == settings.updates
        is_apart = isinstance(self._rows, Contexts) and self._rows.contexting.last_step > 0
        if not (is_read and is_apart and isinstance(batch, Context)):
            return None
        return last_step_error(self._learner.policy, batch, settings.precision)


def fit(
    learner: Learner, rows: Windows | Contexts, seeds: Seeds, pauses: tuple[int, ...] = ()
) -> Iterator[Progress]:
    """Makes the updates that are still to be made, and yields whenever their values are known.

    On the CPU that is after each. A card would stand idle while somebody looks at its values, so
    there it is after each multiple of `log_every`, `checkpoint_every` and every one of `pauses`,
    after the last update, and at least after every hundredth.

    What an update draws (its windows, its dropout) depends on the seed and its number alone, so
    a run that stopped between two updates goes on as if it had not.

    Source: Chen et al. 2021, arXiv:2106.01345, official Gym code (`training/trainer.py`).
    """
    if learner.update >= learner.settings.updates:
        return
    began = time.perf_counter()
    updates = _way(learner, rows, seeds)
    learner.seconds += time.perf_counter() - began
    yield from follow(learner, updates, pauses)


def follow(learner: Learner, updates: Updates, pauses: tuple[int, ...]) -> Iterator[Progress]:
    """Makes what updates are left in one way, and stops where `fit` says."""
    settings = learner.settings
    steps = (updates.furthest, settings.log_every, settings.checkpoint_every, *pauses)
    while learner.update < settings.updates:
        began = time.perf_counter()
        stop = min(settings.updates, *(_next(step, learner.update) for step in steps if step))
        loss, norm = updates.until(stop)
        learner.seconds += time.perf_counter() - began
        rate = learner.learning_rate(stop - 1)
        yield Progress(stop, loss, norm, rate, learner.seconds, updates.last_step_loss)


def _way(learner: Learner, rows: Windows | Contexts, seeds: Seeds) -> Updates:
    device = learner.policy.device
    # The reference draws its dropout on the host, which a replay would not do again.
    # Nor would it draw rows of another length, as those of contexts are.
    is_plain = device.type != "cuda" or backend_for(device) == "reference"
    if is_plain or isinstance(rows, Contexts):
        return OneByOne(learner, rows, seeds)
    return Ahead(learner, feed_for(rows, learner.settings.batch_size, device), seeds)


def _next(step: int, update: int) -> int:
    """The first multiple of `step` after `update`."""
    return (update // step + 1) * step
