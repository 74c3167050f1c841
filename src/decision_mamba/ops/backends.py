"""Which backend carries out an op: one per device type, unless `use_backend` names another."""

import contextlib
import importlib.metadata
import os
from collections.abc import Iterator
from contextvars import ContextVar

import torch

from decision_mamba.errors import BadInput, MissingExtra

BACKENDS = ("reference", "associative", "cpu", "triton")

_OLDEST_TRITON = (3, 4)  # earlier ones do not take the tuples that the kernels are given


def _has_triton() -> bool:
    try:
        version = importlib.metadata.version("triton")  # comes with torch for CUDA
    except importlib.metadata.PackageNotFoundError:
        return False
    return tuple(int(part) for part in version.split(".")[:2]) >= _OLDEST_TRITON


_HAS_TRITON = _has_triton()

_BY_DEVICE = {"cpu": "cpu", "cuda": "triton" if _HAS_TRITON else "associative"}

_named: ContextVar[str | None] = ContextVar("backend", default=None)


def backend_for(device: torch.device) -> str:
    """The name under which an op's table holds the backend to use on `device`.

    Device types without a kernel of their own run plain torch, and so does a function that
    torch.compile or torch.jit traces, whatever is named: it makes kernels of its own out of that.

    Raises:
        BadInput: `use_backend` names one whose kernels do not run on this device.
    """
    # torch.jit.is_tracing, which torch does not export to type checkers.
    if torch.compiler.is_compiling() or torch._C._is_tracing():
        return "associative"
    name = _named.get()
    if name is None:
        return _BY_DEVICE.get(device.type, "associative")
    if name == "cpu" and device.type != "cpu":
        raise BadInput(f'backend "cpu" needs tensors on the CPU, got {device}; move them there')
    if name == "triton" and device.type != "cuda" and not _interpreted(device):
        raise BadInput(
            f'backend "triton" needs tensors on an NVIDIA card, got {device}; move them there, or '
            "set TRITON_INTERPRET=1 before the start to try its kernels on the CPU, slowly"
        )
    return name


@contextlib.contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Inside, every op of the calling thread runs the backend `name`; outside, as before.

    A backward pass runs the backend that its forward pass ran.
    """
    if name not in BACKENDS:
        raise BadInput(f"backend is {name!r}; known here: {', '.join(BACKENDS)}")
    if name == "triton" and not _HAS_TRITON:
        raise MissingExtra("The kernels for NVIDIA cards", "triton 3.4 or later", extra="triton")
    token = _named.set(name)
    try:
        yield
    finally:
        _named.reset(token)


def _interpreted(device: torch.device) -> bool:
    return device.type == "cpu" and os.environ.get("TRITON_INTERPRET") == "1"
