"""What training and acting hand to a policy: windows of episodes, in raw units."""

import dataclasses

from torch import device

from decision_mamba.shapes import Actions, Mask, Observations, Returns, Timesteps


@dataclasses.dataclass(frozen=True)
class Batch:
    """b windows of t steps.

    Attributes:
        observations: what was seen at each step.
        actions: what was done there; when acting, zeros at the step to be decided.
        returns_to_go: what was, or shall be, earned from this step on, its own reward included.
        timesteps: how old the episode was.
        mask: which steps are real.
    """

    observations: Observations
    actions: Actions
    returns_to_go: Returns
    timesteps: Timesteps
    mask: Mask

    def to(self, where: device) -> "Batch":
        """The same batch on another device."""
        fields = {field.name: getattr(self, field.name).to(where) for field in _FIELDS}
        return Batch(**fields)


_FIELDS = dataclasses.fields(Batch)
