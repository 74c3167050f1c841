"""The error of the last step, which a mean over thousands of steps hides."""

import dataclasses

import torch
from torch import Tensor

from decision_mamba.batch import Context
from decision_mamba.models import Policy
from decision_mamba.training.objective import error
from decision_mamba.training.precision import Precision, computing_in


@torch.no_grad()
def last_step_error(policy: Policy, context: Context, precision: Precision) -> float:
    """How far a policy is from the wanted action at the last step that each row is learned from.

    In a T-maze that is the turn, whose loss stays at ln 2 = 0.693 until the policy remembers the
    cue, and then breaks. Predicted as when acting: nothing is dropped.

    Args:
        policy: which predicts.
        context: rows, averaged by the weights of those steps.
        precision: of what is computed.
    """
    policy.eval()
    with computing_in(precision, context.mask.device):
        predicted = policy(context)
    steps = dataclasses.replace(context, weights=_of_last(context.weights))
    return error(policy, predicted, steps.last(predicted.shape[1])).item()


def _of_last(weights: Tensor) -> Tensor:
    """Each row's last weight above 0, and zeros."""
    places = torch.arange(1, weights.shape[1] + 1, device=weights.device)
    last = ((weights > 0) * places).argmax(dim=1, keepdim=True)
    return torch.zeros_like(weights).scatter(1, last, weights.gather(1, last))
