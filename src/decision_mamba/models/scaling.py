"""Raw units outside, numbers of order one inside: the one place where anything is scaled."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from decision_mamba.moments import Moments
from decision_mamba.shapes import Actions, Observations, Predictions, Returns, Rewards
from decision_mamba.spaces import Continuous, Spaces, Vector

NO_CHOICE = -1  # stands where none of several actions was done


class Scaling(nn.Module):
    """Scales what enters a policy and unscales what leaves it.

    Its numbers are buffers: they travel with the weights, so a policy file acts in raw units
    wherever it is loaded. For actions bounded by -1 and 1 both directions change nothing, bit
    for bit. Neither do they where actions are chosen, which have no unit: then nothing holds
    their centre and half.

    Source: observations by the data's moments and returns by a constant, Chen et al. 2021,
    arXiv:2106.01345, official Gym code.
    """

    observation_mean: Tensor
    observation_std: Tensor
    return_scale: Tensor
    action_centre: Tensor
    action_half: Tensor

    def __init__(
        self,
        moments: Moments,
        spaces: Spaces,
        return_scale: float,
        *,
        reward_scale: float = 1.0,
        levels: int = 0,
    ) -> None:
        """Takes the scales.

        Args:
            moments: of observations.
            spaces: what is scaled.
            return_scale: returns are divided by it.
            reward_scale: rewards are divided by it.
            levels: observations are `levelled`, and have no moments; 0 for numbers.
        """
        super().__init__()
        self._reward_scale, self._levels = reward_scale, levels
        self._has_moments = isinstance(spaces.observation, Vector)
        if self._has_moments:
            mean = torch.tensor(moments.mean, dtype=torch.float32)
            self.register_buffer("observation_mean", mean)
            std = torch.tensor(moments.std, dtype=torch.float32)
            self.register_buffer("observation_std", std)
        self.register_buffer("return_scale", torch.tensor(return_scale))
        self._bounded = isinstance(spaces.action, Continuous)
        if isinstance(spaces.action, Continuous):
            low, high = torch.tensor(spaces.action.low), torch.tensor(spaces.action.high)
            self.register_buffer("action_centre", (low + high) / 2)
            self.register_buffer("action_half", (high - low) / 2)

    def observations(self, raw: Observations) -> Float[Tensor, "b t *seen"]:
        if self._levels:
            return levelled(raw, self._levels)
        if self._has_moments:
            return (raw - self.observation_mean) / self.observation_std
        return raw / 255  # bytes become numbers while they are divided, in one pass

    def returns(self, raw: Returns) -> Returns:
        return raw / self.return_scale

    def rewards(self, raw: Rewards) -> Rewards:
        return raw / self._reward_scale

    def actions(self, raw: Actions) -> Actions:
        return (raw - self.action_centre) / self.action_half if self._bounded else raw

    def predictions(self, scaled: Predictions) -> Predictions:
        """What a head says, in raw units; logits as they are."""
        return self.action_centre + self.action_half * scaled if self._bounded else scaled

    def no_actions(self, like: Actions) -> Float[Tensor, "b 1 a"] | Int[Tensor, "b 1"]:
        """What stands where nothing was done: the middle between bounds, or no choice."""
        if self._bounded:
            return self.action_centre.expand(len(like), 1, -1)
        return like.new_full((len(like), 1), NO_CHOICE)


def levelled(raw: Float[Tensor, "*_ o"], levels: int) -> Float[Tensor, "*_ f"]:
    """A one among zeros for each number that is one of 0 to levels - 1; zeros for any other.

    A linear map of these has a row of weights for each whole number at each place.
    """
    known = torch.arange(levels, device=raw.device)
    return (raw.round()[..., None] == known).to(raw.dtype).flatten(-2)
