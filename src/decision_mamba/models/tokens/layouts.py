"""The orders in which the tokens of steps can stand. To add one, name it in both lists."""

import dataclasses
from typing import Literal

Kind = Literal[
    "return", "state", "action", "action before", "reward", "reward before", "arrived", "begins",
]  # fmt: skip
Layout = Literal[
    "return-state-action",
    "return-action-state",
    "action-return-state",
    "concatenated",
    "return-once",
    "state-action",
    "history",
    "history-with-return",
    "state-action-reward",
    "return-state-action-reward",
]


@dataclasses.dataclass(frozen=True)
class Arrangement:
    """What stands where; a step's action is predicted by its state, or by the token that has it.

    Attributes:
        step: the parts of each step in their order. "action" is what was done there, and stands
            behind the state that predicts it, as "reward" does, which it earned; "action before"
            and "reward before" are those of one step earlier, though an episode ended with it.
            "arrived" is where the reward before was earned, and "begins" whether an episode does.
        joined: whether the parts of a step are one token, side by side.
        opening: what stands once, before the first step; it is of the first step.
    """

    step: tuple[Kind, ...]
    joined: bool = False
    opening: tuple[Kind, ...] = ()

    @property
    def has_returns(self) -> bool:
        """Whether returns are read, and a target is taken."""
        return "return" in (*self.opening, *self.step)

    @property
    def has_actions(self) -> bool:
        """Whether actions are read."""
        return not {"action", "action before"}.isdisjoint(self.step)

    @property
    def has_rewards(self) -> bool:
        """Whether rewards are read, which only contexts tell."""
        return not {"reward", "reward before"}.isdisjoint(self.step)

    @property
    def per_step(self) -> int:
        """Tokens of each step."""
        return 1 if self.joined else len(self.step)

    @property
    def turns(self) -> int:
        """Tokens after which their kinds repeat; 1 where an opening puts everything out of turn."""
        return 1 if self.opening else self.per_step

    @property
    def behind(self) -> int:
        """Tokens of a step behind the one that predicts."""
        return 0 if self.joined else len(self.step) - 1 - self.step.index("state")


_HISTORY: tuple[Kind, ...] = ("arrived", "action before", "reward before", "begins", "state")

_ARRANGEMENTS: dict[Layout, Arrangement] = {
    # Chen et al. 2021, arXiv:2106.01345, algorithm 1.
    "return-state-action": Arrangement(("return", "state", "action")),
    # Dai et al. 2024, arXiv:2405.12094, section 3.2: "B3LD"; and its official Gym code (`ssm.py`).
    "return-action-state": Arrangement(("return", "action before", "state")),
    # Its official Atari code.
    "action-return-state": Arrangement(("action before", "return", "state")),
    # There "BL3D", which it finds worse; Decision S4's tokens are of this kind too.
    "concatenated": Arrangement(("return", "action before", "state"), joined=True),
    # There reward type "K": the return is told once per window.
    "return-once": Arrangement(("action before", "state"), opening=("return",)),
    # Chen et al. 2021, official Atari code, model type "naive": behaviour cloning.
    "state-action": Arrangement(("state", "action")),
    # Algorithm Distillation, Laskin et al. 2022, arXiv:2210.14215, with a step in one token; and
    # DPT, Lee et al. 2023, arXiv:2306.14892, official code, whose (s, a, r, s') is spread over two.
    "history": Arrangement(_HISTORY, joined=True),
    # The same for whoever aims at a return, over episodes.
    "history-with-return": Arrangement(("return", *_HISTORY), joined=True),
    # Algorithm Distillation as published.
    "state-action-reward": Arrangement(("state", "action", "reward")),
    # Agentic Transformer, Liu and Abbeel 2023, arXiv:2305.16554. A fifth token there says whether
    # the return asked for was reached, which is what a return-to-go of 0 says.
    "return-state-action-reward": Arrangement(("return", "state", "action", "reward")),
}


def arrangement(layout: Layout, *, action_tokens: bool) -> Arrangement:
    """The arrangement of a layout, with or without its actions."""
    whole = _ARRANGEMENTS[layout]
    if action_tokens:
        return whole
    rest = tuple(kind for kind in whole.step if kind not in ("action", "action before"))
    return dataclasses.replace(whole, step=rest)
