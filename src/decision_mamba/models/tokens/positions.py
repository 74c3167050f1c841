"""Where a token stands: a learned row per place in a window, and one per age at its beginning."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from decision_mamba.mixers import State
from decision_mamba.models.tokens.layouts import Arrangement
from decision_mamba.shapes import Timesteps

Positions = Literal["step", "token"]


class TokenPositions(nn.Module):
    """Gives each token the row of its place in the sequence, and that of the sequence's beginning.

    A sequence is a window, or in recurrent mode an episode. One that goes on beyond the steps of a
    window keeps the rows of the last of them, so that each kind of token keeps rows of its own. The
    second table is read at the time of the sequence's first step, for all of its tokens; beyond
    the table its last row stands.

    Of the past a sequence's next tokens must know when it began and how far it has come. The state
    is that first time, one column for each step so far up to those of a window: how far can be
    told from a shape, and no device is waited for.

    Source: Chen et al. 2021, arXiv:2106.01345, official Atari code (`pos_emb`, `global_pos_emb`).
    There the second table is read at a window's first step while learning, and at its last one
    while acting, which shows it what it has not learned from; here always at the first. A policy
    without returns has three rows for each of its steps there, of which it uses two. Both tables
    begin at zero, as there.
    """

    def __init__(self, arrangement: Arrangement, steps: int, times: int, size: int) -> None:
        """Makes both tables.

        Args:
            arrangement: of the tokens.
            steps: of a window.
            times: after which a sequence's beginning is not told apart; 0 for no second table.
            size: of a row.
        """
        super().__init__()
        self._arrangement, self._steps = arrangement, steps
        # One row more than there are tokens, as published; an opening stands there.
        rows = steps * arrangement.per_step + max(len(arrangement.opening), 1)
        self.pos_emb = nn.Parameter(torch.zeros(rows, size))
        self.global_pos_emb = nn.Parameter(torch.zeros(times + 1, size)) if times else None

    def of_steps(self, timesteps: Timesteps, past: State | None) -> Float[Tensor, "#b t _ e"]:
        """Of all tokens of the next steps, each step's own."""
        rows = self._rows(_begun(past), timesteps.shape[1])
        began = self._beginning(timesteps, past)
        return rows if began is None else rows + began[:, None]

    def of_opening(self, timesteps: Timesteps) -> Float[Tensor, "#b _ e"]:
        """Of what stands before a sequence's first step, whose time is given."""
        rows = self.pos_emb[: len(self._arrangement.opening)][None]
        began = self._beginning(timesteps, None)
        return rows if began is None else rows + began

    def of_present(self, timesteps: Timesteps, past: State | None) -> Float[Tensor, "#b _ e"]:
        """Of the tokens that are known only at the present step, in their order."""
        per_step, behind = self._arrangement.per_step, self._arrangement.behind
        begun = _begun(past)
        if begun:
            rows = self._rows(begun - 1, 2).flatten(1, 2)[:, per_step - behind :]
        else:
            opening = self.pos_emb[: len(self._arrangement.opening)][None]
            rows = torch.cat([opening, self._rows(0, 1)[:, 0]], dim=1)
        rows = rows[:, : rows.shape[1] - behind]
        began = self._beginning(timesteps, past)
        return rows if began is None else rows + began

    def after(self, timesteps: Timesteps, past: State | None) -> State:
        """What the next tokens must be told once these steps have passed."""
        first = timesteps[:, :1] if past is None else past[0][:, :1]
        steps = min(_begun(past) + timesteps.shape[1], self._steps)
        return (first.repeat(1, steps),)

    def _rows(self, begun: int, steps: int) -> Float[Tensor, "1 t k e"]:
        """Each step's tokens'."""
        per_step = self._arrangement.per_step
        places = torch.arange(begun, begun + steps, device=self.pos_emb.device)
        first = places.clamp(max=self._steps - 1) * per_step + len(self._arrangement.opening)
        turns = torch.arange(per_step, device=self.pos_emb.device)
        return self.pos_emb[first[:, None] + turns][None]

    def _beginning(self, timesteps: Timesteps, past: State | None) -> Tensor | None:
        """The row of when each sequence began, b 1 e."""
        if self.global_pos_emb is None:
            return None
        first = timesteps[:, :1] if past is None else past[0][:, :1]
        rows: Tensor = self.global_pos_emb[first.clamp(max=len(self.global_pos_emb) - 1)]
        return rows


def _begun(past: State | None) -> int:
    return 0 if past is None else past[0].shape[1]
