"""Reads a folder of shards as `train` does and says what that took, in a process of its own.

    python -m benchmarks.holding FOLDER

Prints JSON: seconds from the call until the first batch is there, of them those of the processor,
the peak of the resident set after many more batches, and how much of it is no page of a file, which
the kernel could not drop. All in MiB and seconds.
"""

import json
import sys
import time

import numpy as np

from benchmarks.process_memory import mebibytes
from decision_mamba.data.read import read
from decision_mamba.data.windows import Windowing, Windows

# Of Chen et al. 2021, arXiv:2106.01345, official Atari code.
_BATCH, _LENGTH = 128, 30
_BATCHES = 100  # which together touch most of 500,000 frames


def main(folder: str) -> None:
    """Measures in this process and prints."""
    began, began_working = time.perf_counter(), time.process_time()
    windows = Windows(read((folder,)), Windowing(_LENGTH))
    generator = np.random.default_rng(0)
    windows.draw(_BATCH, generator)
    seconds, working = time.perf_counter() - began, time.process_time() - began_working
    for _ in range(_BATCHES):
        windows.draw(_BATCH, generator)
    found = {
        "seconds": seconds,
        "processor_seconds": working,
        "peak": mebibytes("VmHWM"),
        "anonymous": mebibytes("RssAnon"),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
