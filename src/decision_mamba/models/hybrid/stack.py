"""Blocks one above the other, and a norm above them."""

from collections.abc import Sequence

from torch import Tensor, nn

from decision_mamba.mixers import EVERY, State
from decision_mamba.models.blocks import Block, Norm, norm_of
from decision_mamba.models.stepping import SteppingBlock, suits
from decision_mamba.shapes import Tokens, WantedTokens

LAST = slice(-1, None)


class Stack(nn.Module):
    """Mixes tokens as a mixer does, block after block; the state holds those of all blocks."""

    def __init__(self, width: int, blocks: Sequence[Block], norm: Norm) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.norm = norm_of(width, norm)
        self._stepping = [SteppingBlock(block) for block in blocks]
        self._parts = [block.mixer.state_parts for block in blocks]

    @property
    def state_parts(self) -> int:
        """Tensors in a state."""
        return sum(self._parts)

    def forward(
        self, x: Tokens, state: State | None = None, wanted: slice = EVERY
    ) -> tuple[WantedTokens, State]:
        parts: list[Tensor] = []
        few = suits(x)
        last = len(self.blocks) - 1
        for index, block in enumerate(self.blocks):
            # Above the last block nothing looks at other tokens, so it need not compute them.
            returned = wanted if index == last else EVERY
            stepping, first = self._stepping[index], len(parts)
            before = state and state[first : first + self._parts[index]]
            known = few and stepping.block is block  # which somebody may have exchanged
            x, after = (stepping if known else block)(x, before, returned)
            parts.extend(after)
        mixed: WantedTokens = self.norm(x)
        return mixed, tuple(parts)
