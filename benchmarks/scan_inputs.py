"""Inputs of a selective scan of one layer of the standard model."""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

INNER, STATE = 256, 16

Scan: TypeAlias = Callable[..., Tensor]


def scan_inputs(batch: int, length: int) -> list[Tensor]:
    """u, Δ, A, B, C and D, all of them wanting gradients."""
    inputs = [
        torch.randn(batch, length, INNER),
        torch.rand(batch, length, INNER) / 10,
        -torch.arange(1.0, STATE + 1).repeat(INNER, 1),
        torch.randn(batch, length, STATE),
        torch.randn(batch, length, STATE),
        torch.ones(INNER),
    ]
    return [part.requires_grad_() for part in inputs]


def both_ways(scan: Scan, inputs: list[Tensor], dy: Tensor) -> list[Tensor]:
    """Gives y and the gradients of all inputs."""
    y = scan(*inputs)
    return [y.detach(), *torch.autograd.grad(y, inputs, dy)]
