"""The training loop, a generator: who consumes it decides when to evaluate, save and stop."""

import dataclasses
import math
import time
from collections.abc import Iterator

import torch

from decision_mamba.batch import Batch
from decision_mamba.data.windows import Windows
from decision_mamba.errors import Failure
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.seeding import Seeds
from decision_mamba.training.objective import mean_squared_error
from decision_mamba.training.optimiser import Training, build_optimiser, learning_rate


@dataclasses.dataclass(frozen=True)
class Progress:
    """One update.

    Attributes:
        update: how many updates have been made, this one included.
        loss: of this update's batch, before the update.
        gradient_norm: before clipping.
        seconds: spent on all updates so far, those before a resume included.
    """

    update: int
    loss: float
    gradient_norm: float
    learning_rate: float
    seconds: float


class Learner:
    """A policy and all else that an update changes: what a checkpoint must hold."""

    def __init__(self, policy: SequencePolicy, settings: Training) -> None:
        self.policy = policy
        self.settings = settings
        self.optimiser = build_optimiser(policy, settings)
        self.update = 0
        self.seconds = 0.0

    def learn(self, batch: Batch) -> tuple[float, float]:
        """Makes one update and returns its loss and the norm of its gradient.

        Raises:
            Failure: either is not finite; the weights are left as they were.
        """
        self.policy.train()
        loss = self._loss(batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.policy.parameters(), self.settings.clip)
        values = loss.item(), norm.item()
        self._refuse_what_is_not_finite(*values)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.settings, self.update)
        self.optimiser.step()
        self.update += 1
        return values

    def _loss(self, batch: Batch) -> torch.Tensor:
        device = batch.mask.device.type
        low = self.settings.precision == "bfloat16"
        with torch.autocast(device, dtype=torch.bfloat16, enabled=low):
            predicted = self.policy(batch)
        half_range = self.policy.scaling.action_half
        return mean_squared_error(predicted.float(), batch.actions, batch.mask, half_range)

    def _refuse_what_is_not_finite(self, loss: float, norm: float) -> None:
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise Failure(
                f"update {self.update + 1} was refused: its loss is {loss} and its gradient's "
                f"norm {norm}; lower --training.learning-rate (it is "
                f"{self.settings.learning_rate}) and resume from the last good checkpoint"
            )


def fit(learner: Learner, windows: Windows, seeds: Seeds) -> Iterator[Progress]:
    """Makes the updates that are still to be made and yields after each.

    What an update draws (its windows, its dropout) depends on the seed and its number alone, so
    a run that stopped between two updates goes on as if it had not.

    Source: Chen et al. 2021, arXiv:2106.01345, official Gym code (`training/trainer.py`).
    """
    settings = learner.settings
    while learner.update < settings.updates:
        began = time.perf_counter()
        index = learner.update
        batch = windows.draw(settings.batch_size, seeds.windows(index))
        with seeds.dropout(index):
            loss, norm = learner.learn(batch.to(learner.policy.device))
        learner.seconds += time.perf_counter() - began
        rate = learning_rate(settings, index)
        yield Progress(learner.update, loss, norm, rate, learner.seconds)
