"""mambapy: its parallel scan, and its Mamba block, which runs it."""

from mambapy.mamba import MambaBlock, MambaConfig
from torch import Tensor, nn

from decision_mamba.mixers import Selective


def selective_scan(u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor) -> Tensor:
    """Gives y of our `selective_scan`, by mambapy's method, which reads nothing of its block."""
    y: Tensor = MambaBlock.selective_scan(None, u, delta, A, B, C, D)
    return y


def block(width: int, settings: Selective) -> nn.Module:
    """Builds the block; weights by the usual names."""
    config = MambaConfig(
        d_model=width,
        n_layers=1,
        d_state=settings.state,
        expand_factor=settings.expand,
        d_conv=settings.taps,
        pscan=True,
    )
    made: nn.Module = MambaBlock(config)
    return made
