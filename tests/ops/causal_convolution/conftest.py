"""Inputs of a convolution, and everything that comes out of it."""

import dataclasses

import torch
from torch import Tensor

from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.causal_convolution import causal_convolution


@dataclasses.dataclass(frozen=True)
class Case:
    """Inputs in the order of the call, and the cotangents of both outputs."""

    parts: tuple[Tensor | None, ...]
    dy: Tensor
    dstate: Tensor
    silu: bool = False

    def run(self, backend: str) -> list[Tensor]:
        """Both outputs, and the gradient of every input that there is."""
        leaves = [None if part is None else part.detach().requires_grad_() for part in self.parts]
        with use_backend(backend):
            y, last = causal_convolution(*leaves, silu=self.silu)  # type: ignore[arg-type]
        objective = (y * self.dy).sum() + (last * self.dstate).sum()
        inputs = [leaf for leaf in leaves if leaf is not None]
        return [y.detach(), last.detach(), *torch.autograd.grad(objective, inputs)]


def case(
    length: int,
    *,
    taps: int = 4,
    batch: int = 3,
    inner: int = 5,
    has_state: bool = True,
    has_bias: bool = True,
    silu: bool = False,
    dtype: torch.dtype = torch.float64,
) -> Case:
    """Random inputs."""
    generator = torch.Generator().manual_seed(length)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=dtype)

    parts = (
        normal(batch, length, inner),
        normal(inner, taps),
        normal(inner) if has_bias else None,
        normal(batch, taps - 1, inner) if has_state else None,
    )
    return Case(parts, normal(batch, length, inner), normal(batch, taps - 1, inner), silu)
