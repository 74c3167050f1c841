"""How the screen of an Atari game becomes what a policy sees."""

import dataclasses
from typing import Literal

_STICKY = 0.25  # in the v5 tasks, as Machado et al., arXiv:1709.06009, section 5.2, ask for


@dataclasses.dataclass(frozen=True)
class Preprocessing:
    """Settings; the defaults are those of DQN (Mnih et al. 2015).

    Attributes:
        repeat_action_probability: the chance at every frame that the action before is repeated
            instead; None for that of the task: 0.25 in v5, 0 in NoFrameskip-v4.
        fewest_noops: actions without effect at the start of an episode, at least.
        most_noops: and at most; every number between them has the same chance.
        frame_skip: frames for which an action is held; of the last two the brighter pixel counts.
        size: height and width of the frame that is shown.
        resize: "area" as DQN has it, "linear" as the papers' evaluation.
        life_loss_ends: whether an episode ends with a life. For learning while playing; scores
            are of whole games.
    """

    repeat_action_probability: float | None = None
    fewest_noops: int = 1
    most_noops: int = 30
    frame_skip: int = 4
    size: int = 84
    resize: Literal["area", "linear"] = "area"
    life_loss_ends: bool = False

    def chance_in(self, task: str) -> float:
        """The chance to repeat an action that is in force in a game."""
        if self.repeat_action_probability is None:
            return _STICKY if task.startswith("ALE/") else 0.0
        return self.repeat_action_probability


AS_DQN = Preprocessing()
