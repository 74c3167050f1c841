"""What training makes small."""

import torch
from jaxtyping import Float, Int, Num
from torch import Tensor
from torch.nn import functional as F

from decision_mamba.batch import Batch, Context
from decision_mamba.models import Policy
from decision_mamba.shapes import Mask, Predictions, Weights
from decision_mamba.spaces import Continuous


def error(
    policy: Policy, predicted: Predictions, steps: Batch, *, among: Num[Tensor, ""] | None = None
) -> Float[Tensor, ""]:
    """How far a policy's predictions are from the wanted actions: the loss of their kind.

    Those are what was done; of a context its labels, averaged by its weights.

    Args:
        policy: which predicted.
        predicted: for each of the steps.
        steps: with the logged actions.
        among: what the average is over (`counted`), where these steps are a part of it; None where
            they are all.
    """
    # In float32 whatever precision they were computed in.
    predicted, mask = predicted.float(), steps.mask
    weights = steps.weights if isinstance(steps, Context) else None
    wanted = steps.labels if isinstance(steps, Context) else steps.actions
    if isinstance(policy.spaces.action, Continuous):
        half_range = policy.scaling.action_half
        return mean_squared_error(predicted, wanted, mask, half_range, weights=weights, among=among)
    return cross_entropy(predicted, wanted, mask, weights=weights, among=among)


def counted(steps: Batch) -> Num[Tensor, ""]:
    """What the loss of these steps is averaged over: the real ones, or a context's weights."""
    return steps.weights.sum() if isinstance(steps, Context) else steps.mask.sum()


def mean_squared_error(
    predicted: Float[Tensor, "b t a"],
    done: Float[Tensor, "b t a"],
    mask: Mask,
    half_range: Float[Tensor, " a"],
    *,
    weights: Weights | None = None,
    among: Num[Tensor, ""] | None = None,
) -> Float[Tensor, ""]:
    """Averages the squared error over the numbers of every real action.

    Args:
        predicted: in raw units.
        done: the logged actions, in raw units.
        mask: padded steps count neither above nor below the fraction bar.
        half_range: half the width of each action number's range, by which errors are divided, so
            that the loss of actions between -1 and 1 is the papers' and no unit outweighs another.
        weights: by which steps are averaged, those of padding being 0; None where all count alike.
        among: how many real steps the average is over, or the sum of their weights, where these
            are a part of them; None where they are all.

    Returns:
        That average; 0 where no step is real, as in a window of an episode's last step alone that
        the published alignment leaves nothing of.

    Source: Chen et al. 2021, arXiv:2106.01345, section 3 and official Gym code.
    """
    errors = ((predicted - done) / half_range).square()
    # Padding is zeroed, not cut out: a shape that depends on the mask would wait for the device.
    errors = errors.masked_fill(~mask[..., None], 0.0)
    if weights is not None:
        errors = errors * weights[..., None]
    return errors.sum() / (_total(mask, weights, among) * errors.shape[-1])


def cross_entropy(
    logits: Predictions,
    done: Int[Tensor, "b t"],
    mask: Mask,
    *,
    weights: Weights | None = None,
    among: Num[Tensor, ""] | None = None,
) -> Float[Tensor, ""]:
    """Averages -log of the chance that was given to what was done, in nats, over real steps.

    Args:
        logits: one per action that could be chosen.
        done: which one was.
        mask: padded steps count neither above nor below the fraction bar.
        weights: as for `mean_squared_error`.
        among: as for `mean_squared_error`.

    Source: Chen et al. 2021, arXiv:2106.01345, section 3 and official Atari code.
    """
    errors = F.cross_entropy(logits.transpose(1, 2), done.long(), reduction="none")
    errors = errors.masked_fill(~mask, 0.0)
    if weights is not None:
        errors = errors * weights
    return errors.sum() / _total(mask, weights, among)


def _total(mask: Mask, weights: Weights | None, among: Num[Tensor, ""] | None) -> Num[Tensor, ""]:
    """What stands below the fraction bar, never 0."""
    if among is None:
        among = mask.sum() if weights is None else weights.sum()
    return among.clamp(min=torch.finfo(among.dtype).tiny if among.is_floating_point() else 1)
