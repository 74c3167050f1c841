"""The restated scan and block give the library's numbers."""

import torch

from benchmarks.peers.step_by_step import StepByStepBlock, selective_scan
from decision_mamba.mixers import Selective
from decision_mamba.ops import selective_scan as ours


def test_the_restated_scan_gives_ours() -> None:
    torch.manual_seed(0)
    u, delta = torch.randn(2, 7, 6), torch.rand(2, 7, 6)
    A, B, C, D = -torch.rand(6, 4), torch.randn(2, 7, 4), torch.randn(2, 7, 4), torch.randn(6)

    y = selective_scan(u, delta, A, B, C, D)

    torch.testing.assert_close(y, ours.selective_scan(u, delta, A, B, C, D)[0])


def test_the_restated_block_gives_ours() -> None:
    torch.manual_seed(0)
    mixer = Selective(state=4).build(8)
    block = StepByStepBlock(8, Selective(state=4))
    block.load_state_dict(mixer.state_dict())
    x = torch.randn(2, 7, 8)

    torch.testing.assert_close(block(x), mixer(x)[0])
