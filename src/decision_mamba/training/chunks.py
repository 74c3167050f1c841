"""The gradient of whole episodes, chunk by chunk: truncated back-propagation through time."""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor

from decision_mamba.batch import Batch
from decision_mamba.mixers import State
from decision_mamba.models import Policy
from decision_mamba.training.objective import counted, error
from decision_mamba.training.precision import Precision, computing_in


def backward_in_chunks(
    policy: Policy, batch: Batch, steps: int, *, precision: Precision
) -> Float[Tensor, ""]:
    """Adds the gradient of a batch's loss to what the weights have.

    The state goes from chunk to chunk and no gradient goes back through it. Each chunk is
    forgotten before the next is read, so that a batch takes the memory of one chunk however long
    its episodes are, with every mixer whose state does not grow. Attention's does: it keeps the
    keys and values of all steps, without their gradients, and compares every chunk with all
    before it.

    With chunks as long as the episodes it is the gradient of the whole. What stands before an
    episode's first step, what opens it and the published alignment are those of the episode, not
    of the chunk. Rows leave when their episode has ended, except on a card, where that would
    wait for the device and change shapes; it computes their padding instead.

    Source: Williams and Peng 1990, "An efficient gradient-based algorithm for on-line training of
    recurrent network trajectories", Neural Computation 2(4), with h' = h = `steps`; whole
    trajectories, Dai et al. 2024, arXiv:2405.12094, section 3.2, whose code goes back through all
    of an episode.

    Args:
        policy: what learns.
        batch: episodes from their first step on, padded at the end.
        steps: of a chunk.
        precision: of what is computed.

    Returns:
        The loss of the batch, averaged over all its real actions.
    """
    learned, before = policy.predictable(batch)
    real = counted(learned)
    loss = torch.zeros((), device=real.device)
    past = _Past(before, None, torch.ones_like(learned.mask[:, 0]))
    for chunk in learned.chunks(steps):
        if real.device.type == "cpu":
            going_on = chunk.mask.any(dim=1)
            past, chunk = past.of(going_on), chunk.rows(going_on)
        with computing_in(precision, real.device):
            predicted, state = policy.continued(chunk, past.last, past.state)
        part = error(policy, predicted, chunk, among=real)
        part.backward()  # type: ignore[no-untyped-call]
        loss = loss + part.detach()
        state = tuple(each.detach() for each in state)
        past = dataclasses.replace(past, last=chunk.last(1), state=state)
    return loss


@dataclasses.dataclass(frozen=True)
class _Past:
    """What a chunk is told of the chunks before it.

    Attributes:
        last: the step before its first, t = 1.
        state: after that one.
        present: which rows of the batch these are.
    """

    last: Batch | None
    state: State | None
    present: Tensor

    def of(self, rows: Tensor) -> "_Past":
        """That of rows that are still present, counted in the batch."""
        if torch.equal(rows, self.present):
            return self
        staying = rows[self.present]
        last = None if self.last is None else self.last.rows(staying)
        state = None if self.state is None else tuple(part[staying] for part in self.state)
        return _Past(last, state, rows)
