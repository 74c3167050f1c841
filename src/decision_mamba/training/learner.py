"""A policy, its optimiser and how far they have come."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from decision_mamba.batch import Batch
from decision_mamba.errors import Failure
from decision_mamba.models import Policy
from decision_mamba.training.chunks import backward_in_chunks
from decision_mamba.training.objective import error
from decision_mamba.training.optimiser import AdamW, Training, learning_rate
from decision_mamba.training.precision import computing_in


class Learner:
    """A policy and all else that an update changes: what a checkpoint must hold.

    Attributes:
        chunk: steps after which gradients stop, where batches are of whole episodes; None where
            they are of windows, each learned from at once.
    """

    def __init__(self, policy: Policy, settings: Training, *, chunk: int | None = None) -> None:
        self.policy = policy
        self.settings = settings
        self.chunk = chunk
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
        self.optimiser.step(self.learning_rate(self.update))
        self.update += 1
        return values

    def learning_rate(self, update: int) -> float:
        """The learning rate of an update, counted from 0."""
        tokens = self.settings.batch_size * self.policy.acting.window
        return learning_rate(self.settings, update, tokens=tokens)

    def gradients(self, batch: Batch) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """Gives every weight its clipped gradient, without waiting for the device.

        Returns:
            The loss of the batch, and the norm of its gradient before clipping.
        """
        self.optimiser.zero_grad()
        loss = self._backward(batch)
        norm = torch.nn.utils.clip_grad_norm_(self.policy.parameters(), self.settings.clip)
        return loss, norm

    def refuse_what_is_not_finite(self, loss: float, norm: float) -> None:
        """Raises Failure if the update after the last one made came to such numbers."""
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise Failure(
                f"update {self.update + 1} was refused: its loss is {loss} and its gradient's "
                f"norm {norm}; lower --training.learning-rate (it is "
                f"{self.settings.learning_rate}) and resume from the last good checkpoint"
            )

    def _backward(self, batch: Batch) -> Float[Tensor, ""]:
        """Gives every weight its gradient; returns the loss."""
        precision = self.settings.precision
        if self.chunk is not None:
            return backward_in_chunks(self.policy, batch, self.chunk, precision=precision)
        loss = self._loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    def _loss(self, batch: Batch) -> Float[Tensor, ""]:
        with computing_in(self.settings.precision, batch.mask.device):
            lessons = self.policy.lessons(batch)
        errors = [one.weight * error(self.policy, one.predicted, one.steps) for one in lessons]
        return torch.stack(errors).sum()
