"""What a hybrid carries from one decision to the next."""

import dataclasses

from jaxtyping import Float
from torch import Tensor

from decision_mamba.mixers import State
from decision_mamba.models.hybrid.ragged import Ragged
from decision_mamba.models.hybrid.sub_goal import SubGoal

_HEAD = 5  # tensors of a state before those of memory and actor


@dataclasses.dataclass(frozen=True)
class Past:
    """The past of b rows, each in an episode and a chunk of its own.

    Attributes:
        earned: in the present chunk by all steps before the last one, raw.
        sub_goal: in force.
        memory: the long memory, after the token of the chunk's first state. It outlives episodes.
        actor: after the token of the last state. It begins anew with each chunk.
    """

    earned: Float[Tensor, " b"]
    sub_goal: SubGoal
    memory: Ragged
    actor: Ragged

    @staticmethod
    def of(state: State, memory_parts: int) -> "Past":
        """Reads what `state` wrote; `memory_parts` of its tensors are the memory's."""
        earned, mean, deviation, remembered, played = state[:_HEAD]
        rest = state[_HEAD:]
        return Past(
            earned,
            SubGoal(mean, deviation),
            Ragged(rest[:memory_parts], remembered),
            Ragged(rest[memory_parts:], played),
        )

    @property
    def state(self) -> State:
        """All of it as tensors whose first axis is b."""
        sizes = self.memory.sizes, self.actor.sizes
        return self.earned, *self.sub_goal, *sizes, *self.memory.parts, *self.actor.parts
