"""A policy, its optimiser and how far they have come."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from decision_mamba.batch import Batch
from decision_mamba.errors import Failure
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.training.objective import mean_squared_error
from decision_mamba.training.optimiser import AdamW, Training, learning_rate


class Learner:
    """A policy and all else that an update changes: what a checkpoint must hold."""

    def __init__(self, policy: SequencePolicy, settings: Training) -> None:
        self.policy = policy
        self.settings = settings
        self.optimiser = AdamW(policy, settings)
        self.update = 0
        self.seconds = 0.0

    def learn(self, batch: Batch) -> tuple[float, float]:
        """Makes one update and returns its loss and the norm of its gradient.

        Raises:
            Failure: either is not finite; the weights are left as they were.
        """
        self.policy.train()
        loss, norm = self.gradients(batch)
        values = loss.item(), norm.item()
        self.refuse_what_is_not_finite(*values)
        self.optimiser.step(learning_rate(self.settings, self.update))
        self.update += 1
        return values

    def gradients(self, batch: Batch) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """Gives every weight its clipped gradient, without waiting for the device.

        Returns:
            The loss of the batch, and the norm of its gradient before clipping.
        """
        loss = self._loss(batch)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.policy.parameters(), self.settings.clip)
        return loss.detach(), norm

    def refuse_what_is_not_finite(self, loss: float, norm: float) -> None:
        """Raises Failure if the update after the last one made came to such numbers."""
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise Failure(
                f"update {self.update + 1} was refused: its loss is {loss} and its gradient's "
                f"norm {norm}; lower --training.learning-rate (it is "
                f"{self.settings.learning_rate}) and resume from the last good checkpoint"
            )

    def _loss(self, batch: Batch) -> Float[Tensor, ""]:
        device = batch.mask.device.type
        low = self.settings.precision == "bfloat16"
        with torch.autocast(device, dtype=torch.bfloat16, enabled=low):
            predicted = self.policy(batch)
        learned = batch.last(predicted.shape[1])  # the policy may leave out a window's first step
        half_range = self.policy.scaling.action_half
        return mean_squared_error(predicted.float(), learned.actions, learned.mask, half_range)
