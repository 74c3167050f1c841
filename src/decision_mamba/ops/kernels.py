"""How the CPU kernels are compiled, and run on as many threads as torch may use.

A kernel does the tasks `first` to `last` - 1 of a fixed number that only the shapes decide, and
no two tasks write to the same place. So results do not depend on who does which task, or when.
"""

import ctypes
import functools
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

import numba
import torch
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

_ENTRY = ctypes.CFUNCTYPE(None, ctypes.c_void_p)

# Every flag but those that forbid NaN and infinity, which must come out where they went in.
_FASTMATH = {"contract", "nsz", "arcp", "reassoc"}


def compiled(function: Callable[..., Any]) -> Any:
    """Compiles at the first call, once per machine: machine code is kept on disk.

    Sums may be reordered, the same way each time; the lock of the interpreter is released.
    """
    compile_with = functools.partial(
        numba.njit, nogil=True, fastmath=_FASTMATH, error_model="numpy"
    )
    try:
        return compile_with(cache=True)(function)
    except RuntimeError:  # Numba found no folder that it may write to: compile in every process
        return compile_with()(function)


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

    def run(self, kernel: Any, cost: int, *tensors: Tensor) -> None:
        """Calls kernel(first task, last task + 1, groups, width, *arrays) until all is done.

        Args:
            kernel: what `compiled` made.
            cost: turns of its innermost loop; for a few, other threads are left asleep.
            tensors: what it reads and fills; those that it fills are contiguous.
        """
        arrays = [tensor.detach().contiguous().numpy() for tensor in tensors]
        arguments = (self.groups, self.width, *arrays)
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
    work()
    for thread in others:
        thread.join()
