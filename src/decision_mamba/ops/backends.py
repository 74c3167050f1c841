"""Which backend carries out an op: one per device type, unless `use_backend` names another."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import torch

from decision_mamba.errors import BadInput

BACKENDS = ("reference", "associative", "cpu")

_BY_DEVICE = {"cpu": "cpu", "cuda": "associative"}

_named: ContextVar[str | None] = ContextVar("backend", default=None)


def backend_for(device: torch.device) -> str:
    """The name under which an op's table holds the backend to use on `device`.

    Device types without a kernel of their own run plain torch, and so does a function that
    torch.compile traces, whatever is named: it makes kernels of its own out of that.

    Raises:
        BadInput: `use_backend("cpu")` is in force and the tensors are elsewhere.
    """
    if torch.compiler.is_compiling():
        return "associative"
    name = _named.get()
    if name is None:
        return _BY_DEVICE.get(device.type, "associative")
    if name == "cpu" and device.type != "cpu":
        raise BadInput(f'backend "cpu" needs tensors on the CPU, got {device}; move them there')
    return name


@contextlib.contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Inside, every op of the calling thread runs the backend `name`; outside, as before.

    A backward pass runs the backend that its forward pass ran.
    """
    if name not in BACKENDS:
        raise BadInput(f"backend is {name!r}; known here: {', '.join(BACKENDS)}")
    token = _named.set(name)
    try:
        yield
    finally:
        _named.reset(token)
