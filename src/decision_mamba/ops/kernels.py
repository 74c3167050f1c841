"""How the CPU kernels are compiled, and run on as many threads as torch may use.

A kernel does the tasks `first` to `last` - 1 of a fixed number that only the shapes decide, and
no two tasks write to the same place. So results do not depend on who does which task, or when.
"""

import ctypes
import functools
import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np
import torch
from numba.extending import register_jitable
from torch import Tensor

# Two kinds of threads on the same cores would fight: OpenMP's spin for milliseconds after every
# matrix product, waiting for the next, and take half of a core from anybody else. So the kernels
# run on the very threads that torch has, and that is GNU's OpenMP in its Linux packages.
# RTLD_NOLOAD: only the copy that torch has loaded, never another one.
try:
    _OPENMP: Any = ctypes.CDLL("libgomp.so.1", mode=os.RTLD_NOLOAD)
except OSError:  # torch came with another OpenMP
    _OPENMP = None

# Found by trial at b=64, l=60, e=256, n=16.
_GROUPS = 16  # of sequences, at most: enough tasks for as many cores, and few partial sums
_ENOUGH = 8  # tasks; with less of them the blocks are made narrower, down to the narrowest
_WIDEST, _NARROWEST = 256, 64  # channels in a block
_ALONE = 1 << 16  # turns of the innermost loop that are done before another thread would wake

# The types in which kernels read and write tokens: a number of that type as they know it, and one
# of the type that is computed in. Numba knows no bfloat16: it gets the bits.
TAGS = {
    torch.float32: (np.float32(0), np.float32(0)),
    torch.float64: (np.float64(0), np.float64(0)),
    torch.bfloat16: (np.uint16(0), np.float32(0)),
}

_ENTRY = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

# A product and the sum that takes it may become one instruction; the sign of zero is nobody's.
_IN_ORDER = {"contract", "nsz"}
# Every flag but those that forbid NaN and infinity, which must come out where they went in.
_IN_ANY_ORDER = {*_IN_ORDER, "arcp", "reassoc"}


def compiled(function: Callable[..., Any]) -> Any:
    """Compiles at the first call, once per machine: machine code is kept on disk.

    Sums may be reordered, the same way each time; the lock of the interpreter is released.
    """
    return _compiled(function, _IN_ANY_ORDER)


def compiled_in_order(function: Callable[..., Any]) -> Any:
    """Compiles as `compiled` does, with sums in the order in which they are written."""
    return _compiled(function, _IN_ORDER)


def compiled_part(function: Callable[..., Any]) -> Any:
    """Compiles what only kernels call, as `compiled_in_order` does, whenever one of them is.

    No machine code is made of it that could be called by itself: a tenth of all compilation.
    Called outside of a kernel it is the plain function.
    """
    register = register_jitable(fastmath=_IN_ORDER, error_model="numpy", no_cfunc_wrapper=True)
    return register(function)


def _compiled(function: Callable[..., Any], flags: set[str]) -> Any:
    try:
        return _with(flags)(cache=True)(function)
    except RuntimeError:  # Numba found no folder that it may write to: compile in every process
        return _with(flags)()(function)


def _with(flags: set[str]) -> Callable[..., Any]:
    return functools.partial(numba.njit, nogil=True, fastmath=flags, error_model="numpy")


class Tasks:
    """How the work on b sequences of e channels is cut: groups of sequences, blocks of channels.

    Only the shapes decide, so that no result hangs on the machine.
    """

    def __init__(self, batch: int, inner: int) -> None:
        self.groups = min(batch, _GROUPS)
        self.width = _WIDEST
        while self.width > _NARROWEST and self.groups * -(-inner // self.width) < _ENOUGH:
            self.width //= 2
        self.blocks = -(-inner // self.width)

    def run(self, kernel: Any, cost: int, *arguments: Any) -> None:
        """Calls kernel(first task, last task + 1, *arguments) until all is done.

        Args:
            kernel: what `compiled` made.
            cost: turns of its innermost loop; for a few, other threads are left asleep.
            arguments: numbers, or tuples of them.
        """
        share_out(kernel, self.groups * self.blocks, cost=cost, arguments=arguments)


def share_out(kernel: Any, tasks: int, *, cost: int, arguments: tuple[Any, ...]) -> None:
    """Calls kernel(first task, last task + 1, *arguments) until `tasks` tasks are done.

    Args:
        kernel: what `compiled` made.
        tasks: in all.
        cost: turns of its innermost loop; for a few, other threads are left asleep.
        arguments: what all calls share.
    """
    threads = min(torch.get_num_threads(), tasks)
    if threads <= 1 or cost < _ALONE:
        kernel(0, tasks, *arguments)
    else:
        _run_side_by_side(kernel, tasks, threads, arguments)


def place(tensor: Tensor | None, axes: int) -> tuple[int, ...]:
    """Where a tensor lies: its address and the strides, in numbers, of all axes but the last.

    Args:
        tensor: with its last axis dense (`dense`); None for one that is not there, at address 0.
        axes: how many it has, or would have.
    """
    return (0,) * axes if tensor is None else (tensor.data_ptr(), *tensor.stride()[:-1])


def dense(tensor: Tensor) -> Tensor:
    """The tensor itself, if its last axis is dense in memory; else a copy of which that is true."""
    return tensor if tensor.stride(-1) == 1 else tensor.contiguous()


def readable(
    tokens: Sequence[Tensor | None], others: Sequence[Tensor | None]
) -> tuple[list[Any], list[Any]]:
    """What a kernel is to read, in types that it knows and with dense last axes.

    Args:
        tokens: will be of one type of TAGS: theirs, or the least that holds all types.
        others: will be of the type that goes with it.
    """
    types = {part.dtype for part in tokens if part is not None}
    token = types.pop() if len(types) == 1 else torch.float16
    wide = torch.promote_types(token, torch.float32)
    narrow = all(part is None or part.dtype in (token, wide) for part in others)
    if token not in TAGS or not narrow:
        parts = (part.dtype for part in (*tokens, *others) if part is not None)
        token = wide = functools.reduce(torch.promote_types, parts, torch.float32)
    return [_as(token, part) for part in tokens], [_as(wide, part) for part in others]


def _as(dtype: torch.dtype, part: Tensor | None) -> Tensor | None:
    if part is None:
        return None
    return dense(part if part.dtype == dtype else part.to(dtype))


def total(partial_sums: Tensor) -> Tensor:
    """Adds up what lies along the first axis, in its order.

    On the calling thread, by NumPy: they are few, and waking torch's threads for them takes long
    where the cores are busy.
    """
    return torch.from_numpy(partial_sums.numpy().sum(axis=0))


def _run_side_by_side(kernel: Any, tasks: int, threads: int, arguments: tuple[Any, ...]) -> None:
    kernel(0, 0, *arguments)  # compiles, if need be, before there are several threads
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for task in range(tasks):
        waiting.put(task)
    errors: list[BaseException] = []

    # One task after the other, so that a thread whose core is busy elsewhere holds up one only.
    def work() -> None:
        try:
            while True:
                task = waiting.get_nowait()
                kernel(task, task + 1, *arguments)
        except queue.Empty:
            return
        except BaseException as error:  # a thread has nobody above it: raised below
            errors.append(error)

    spread = _spread_on_own_threads if _OPENMP is None else _spread_on_openmp
    spread(work, threads)
    if errors:
        raise errors[0]


def _spread_on_openmp(work: Callable[[], None], threads: int) -> None:
    _OPENMP.GOMP_parallel(_ENTRY(lambda _: work()), None, threads, 0)


def _spread_on_own_threads(work: Callable[[], None], threads: int) -> None:
    others = [threading.Thread(target=work) for _ in range(threads - 1)]
    for thread in others:
        thread.start()
    try:
        work()
    finally:  # nobody may free what a thread still writes to
        for thread in others:
            thread.join()
