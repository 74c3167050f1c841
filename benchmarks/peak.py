"""How much memory one piece of work takes, in a process that does nothing else.

    python -m benchmarks.peak step ours|mambapy
    python -m benchmarks.peak scan LENGTH

Prints MiB: the highest resident set less what it was before the work, when a small piece of the
same kind had been done already. Linux counts both, and starts counting anew where it is told to;
`ru_maxrss` would hide a work that needs less than the imports and the compiling before it.
"""

import ctypes
import json
import sys

import numpy as np
import torch

from benchmarks import process_memory, standard
from benchmarks.peers.borrowed import with_blocks
from benchmarks.scan_inputs import both_ways, scan_inputs
from benchmarks.subprocesses import answer_of
from benchmarks.timing import Work
from decision_mamba.ops.selective_scan import selective_scan
from decision_mamba.training.learner import Learner


def mebibytes(*words: str) -> float:
    """Asks a fresh process."""
    found: float = answer_of("benchmarks.peak", words)
    return found


def main(kind: str, which: str) -> None:
    """Measures in this process and prints."""
    small, large = _of_step(which) if kind == "step" else _of_scan(int(which))
    small()
    # What was let go of is given back, so that the work cannot hide in it.
    ctypes.CDLL(None).malloc_trim(0)
    process_memory.forget_the_peak()
    before = process_memory.mebibytes("VmRSS")
    large()
    print(json.dumps(process_memory.mebibytes("VmHWM") - before))


def _of_step(whose: str) -> tuple[Work, Work]:
    settings = standard.experiment(standard.DMAMBA)
    policy = standard.policy(settings)
    if whose == "mambapy":
        # Not loaded in the process that measures ours.
        from benchmarks.peers import mambapy_block

        policy = with_blocks(policy, mambapy_block.block)
    learner, windows = Learner(policy, settings.training), standard.windows(settings)
    generator = np.random.default_rng(0)
    batches = [windows.draw(size, generator) for size in (2, settings.training.batch_size)]
    return lambda: learner.learn(batches[0]), lambda: learner.learn(batches[1])


def _of_scan(length: int) -> tuple[Work, Work]:
    def work(tokens: int) -> None:
        inputs = scan_inputs(1, tokens)
        both_ways(lambda *parts: selective_scan(*parts)[0], inputs, torch.ones_like(inputs[0]))

    return lambda: work(60), lambda: work(length)


if __name__ == "__main__":
    main(*sys.argv[1:])
