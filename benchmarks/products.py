"""The products that a work carries out, of matrices and of frames, timed alone: its floor."""

import dataclasses
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.timing import Work

_PRODUCTS = {"mm", "addmm", "bmm", "baddbmm", "mv", "dot", "_addmm_activation"}
_CONVOLUTIONS = {"convolution", "convolution_backward"}
_AXES_OF_FRAMES = 4  # a mixer convolves tokens, on three
# torch's fused attention hides its products: queries by keys and weights by values on the way
# there, and the gradients of weights, values, queries and keys on the way back.
_ATTENTION = {
    "_scaled_dot_product_flash_attention_for_cpu": 2,
    "_scaled_dot_product_flash_attention_for_cpu_backward": 4,
}


@dataclasses.dataclass(frozen=True)
class _Operand:
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype


def products_of(work: Work) -> Work:
    """Work that does the same products as `work` does, in order, and nothing else.

    Products are those of matrices, and convolutions of frames.

    Operands have the shapes, strides and types that were seen; equal ones share their memory.
    """
    with _Watch() as watch:
        work()
    memory: dict[_Operand, Tensor] = {}
    ready = [
        (run, [memory.setdefault(a, _filled(a)) if isinstance(a, _Operand) else a for a in given])
        for run, given in watch.seen
    ]

    def products() -> None:
        with torch.no_grad():
            for run, given in ready:
                run(*given)

    return products


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: list[tuple[Callable[..., object], list[Any]]] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        name = func.overloadpacket.__name__
        if name in _PRODUCTS or (name in _CONVOLUTIONS and args[0].ndim == _AXES_OF_FRAMES):
            self.seen.append((func.overloadpacket, [_operand(one) for one in args]))
        if name in _ATTENTION:
            first = 1 if name.endswith("backward") else 0  # after the gradient
            query, key = args[first : first + 2]
            self.seen.extend(_of_attention(query, key, _ATTENTION[name]))
        return func(*args, **(kwargs or {}))


def _of_attention(query: Tensor, key: Tensor, products: int) -> Any:
    rows, width, keys = query.shape[0] * query.shape[1], query.shape[3], key.shape[2]
    weights = _dense((rows, query.shape[2], keys), query.dtype)
    values = _dense((rows, keys, width), query.dtype)
    queries = _dense((rows, query.shape[2], width), query.dtype)
    turned = _dense((rows, width, keys), query.dtype)
    pairs = [[queries, turned], [weights, values]] * (products // 2)
    return [(torch.bmm, pair) for pair in pairs]


def _operand(argument: Any) -> Any:
    if not isinstance(argument, Tensor):
        return argument
    return _Operand(tuple(argument.shape), argument.stride(), argument.dtype)


def _dense(shape: tuple[int, ...], dtype: torch.dtype) -> _Operand:
    return _Operand(shape, torch.empty(shape, device="meta").stride(), dtype)


def _filled(operand: _Operand) -> Tensor:
    empty = torch.empty_strided(operand.shape, operand.stride, dtype=operand.dtype)
    return empty.normal_()
