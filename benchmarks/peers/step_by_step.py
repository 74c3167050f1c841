"""The selective scan step by step, as Mamba's authors wrote their reference, and a block on it.

Restated from what the reference does (`selective_scan_ref` of mamba_ssm 1.2): the decays and the
entries of all tokens are laid out first, (b e l n) each, then one token after the other changes
the state and is read from it, by einsum. Decision Mamba's code on a CPU has nothing else.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from decision_mamba.mixers import Selective


def selective_scan(u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor) -> Tensor:
    """Gives y of our `selective_scan`, from a state of zeros."""
    u, delta = u.transpose(1, 2), delta.transpose(1, 2)  # b e l
    B, C = B.transpose(1, 2), C.transpose(1, 2)  # b n l
    decay = torch.exp(torch.einsum("bel,en->beln", delta, A))
    entry = torch.einsum("bel,bnl,bel->beln", delta, B, u)
    h = A.new_zeros(u.shape[0], *A.shape)
    ys = []
    for t in range(u.shape[2]):
        h = decay[:, :, t] * h + entry[:, :, t]
        ys.append(torch.einsum("ben,bn->be", h, C[:, :, t]))
    y = torch.stack(ys, dim=2) + u * D[:, None]
    return y.transpose(1, 2)


class StepByStepBlock(nn.Module):
    """Mamba's block with torch's convolution and the scan above; weights by the usual names."""

    def __init__(self, width: int, settings: Selective) -> None:
        super().__init__()
        inner, n = settings.expand * width, settings.state
        rank = settings.rank or math.ceil(width / 16)
        self.in_proj = nn.Linear(width, 2 * inner, bias=False)
        self.conv1d = nn.Conv1d(
            inner, inner, settings.taps, groups=inner, padding=settings.taps - 1
        )
        self.x_proj = nn.Linear(inner, rank + 2 * n, bias=False)
        self.dt_proj = nn.Linear(rank, inner)
        self.A_log = nn.Parameter(torch.zeros(inner, n))
        self.D = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        length, n = x.shape[1], self.A_log.shape[1]
        u, gate = self.in_proj(x).chunk(2, dim=-1)
        u = F.silu(self.conv1d(u.transpose(1, 2))[:, :, :length].transpose(1, 2))
        rank = self.dt_proj.in_features
        low, B, C = self.x_proj(u).split([rank, n, n], dim=-1)
        delta = F.softplus(self.dt_proj(low))
        y = selective_scan(u, delta, -self.A_log.exp(), B, C, self.D)
        mixed: Tensor = self.out_proj(y * F.silu(gate))
        return mixed
