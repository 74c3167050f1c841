"""Inputs of a scan, and everything that comes out of it."""

import dataclasses

import torch
from torch import Tensor

from decision_mamba.ops.backends import use_backend
from decision_mamba.ops.selective_scan import selective_scan


@dataclasses.dataclass(frozen=True)
class Case:
    """Inputs under their names, and the cotangents of both outputs."""

    parts: dict[str, Tensor]
    dy: Tensor
    dstate: Tensor

    def run(self, backend: str) -> dict[str, Tensor]:
        """Both outputs, and the gradient of every input."""
        leaves = {name: part.detach().requires_grad_() for name, part in self.parts.items()}
        with use_backend(backend):
            y, last_state = selective_scan(**leaves)
        objective = (y * self.dy).sum() + (last_state * self.dstate).sum()
        gradients = torch.autograd.grad(objective, list(leaves.values()))
        names = [f"d{name}" for name in leaves]
        outputs = {"y": y.detach(), "last_state": last_state.detach()}
        return outputs | dict(zip(names, gradients, strict=True))


def case(
    length: int,
    *,
    batch: int = 3,
    inner: int = 5,
    size: int = 4,
    has_state: bool = True,
    in_layer: bool = False,
    dtype: torch.dtype = torch.float64,
) -> Case:
    """Random inputs; steps between 0 and 0.5, decays between 0 and -4.

    Those of a Mamba layer have a gate, and steps that are still to be biased and bent.
    """
    generator = torch.Generator().manual_seed(length)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=dtype)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, dtype=dtype)

    parts = {
        "u": normal(batch, length, inner),
        "delta": uniform(batch, length, inner) / 2,
        "A": -4 * uniform(inner, size),
        "B": normal(batch, length, size),
        "C": normal(batch, length, size),
        "D": normal(inner),
    }
    if has_state:
        parts["state"] = normal(batch, inner, size)
    if in_layer:
        parts["delta"] = 3 * normal(batch, length, inner)
        parts["gate"] = normal(batch, length, inner)
        parts["delta_bias"] = normal(inner)
    return Case(parts, normal(batch, length, inner), normal(batch, inner, size))
