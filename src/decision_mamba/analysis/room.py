"""Whether there is room for the memory that a work would take, said before it is tried."""

import os
from collections.abc import Callable
from pathlib import Path

import torch

# Lengths at which a work is small, and multiples of any chunk that is in use.
PROBES = (120, 300, 480)

_LEFT_ALONE = 0.1  # share of what is free, for whatever else the process does


def foretold(peak_at: Callable[[int], int]) -> Callable[[int], int]:
    """What a work takes at lengths at which nobody has tried it.

    The numbers that a policy holds at once are a polynomial of its length of degree two at most:
    tokens, and attention's weights of every token for every other. Three short lengths give it.

    Args:
        peak_at: bytes at a length, measured.
    """
    values = [peak_at(length) for length in PROBES]
    a, b, c = PROBES
    first, second = (values[1] - values[0]) / (b - a), (values[2] - values[1]) / (c - b)
    bend = max((second - first) / (c - a), 0.0)

    def peak(length: int) -> int:
        beyond = values[2] + (second + bend * (length - b)) * (length - c)
        return round(max(beyond, values[2]))

    return peak


def free_bytes(device: torch.device) -> int:
    """Bytes that may be asked for: most of those that are free on the device, or on the host."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
    else:
        free = min(_available(), _allowed())
    return round((1 - _LEFT_ALONE) * free)


def _available() -> int:
    """Of the machine: what the kernel could hand out without swapping."""
    with open("/proc/meminfo") as lines:
        kibibytes = next(line.split()[1] for line in lines if line.startswith("MemAvailable"))
    return 1024 * int(kibibytes)


def _allowed(group: Path = Path("/sys/fs/cgroup")) -> int:
    """Of the container, where one sets a limit; else all that the machine has."""
    limit = group / "memory.max"
    if not limit.exists() or (most := limit.read_text().strip()) == "max":
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(most) - int((group / "memory.current").read_text()) + _given_back(group)


def _given_back(group: Path) -> int:
    """Of what a container is charged with: copies of files, which the kernel drops when asked."""
    lines = (group / "memory.stat").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
