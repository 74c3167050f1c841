"""How torch's tensors are handed to Triton kernels: rows by their strides, types by name."""

from typing import Any, TypeAlias

import torch
import triton.language as tl
from torch import Tensor

Rows: TypeAlias = tuple[Tensor, int, int]


def rows_of(tokens: Tensor | None) -> Rows | None:
    """The tensor (b, l, any), its stride from sequence to sequence and from token to token.

    A slice of wider rows is read where it lies; it is copied only if the numbers of a token do
    not lie side by side.
    """
    if tokens is None:
        return None
    if tokens.stride(2) != 1:
        tokens = tokens.contiguous()
    return tokens, tokens.stride(0), tokens.stride(1)


def side_by_side(channels: Tensor | None) -> Tensor | None:
    """The tensor as a kernel without strides reads it."""
    return None if channels is None else channels.contiguous()


def tokens_like(tokens: Tensor) -> Tensor:
    """Memory for as many tokens, in rows of their own."""
    return torch.empty_like(tokens, memory_format=torch.contiguous_format)


def wide_type(*parts: Tensor | None) -> tuple[torch.dtype, Any]:
    """The type to compute in, float32 at least, as torch and as Triton name it."""
    if any(part is not None and part.dtype == torch.float64 for part in parts):
        return torch.float64, tl.float64
    return torch.float32, tl.float32
