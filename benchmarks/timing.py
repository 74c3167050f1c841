"""Times works in turns, so that a machine that slows down slows all of them."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

Work: TypeAlias = Callable[[], object]
Name = TypeVar("Name", bound=str)

# A busy machine gets fewer rounds, so that all that is measured fits into its time.
_PATIENCE_SECONDS, _FEWEST = 30, 2


def interleaved(
    works: Mapping[Name, Work], rounds: int, *, calls: Mapping[Name, int] | None = None
) -> dict[Name, tuple[float, ...]]:
    """Runs all works in turn, A B C, A B C, … after a first round that does not count.

    Args:
        works: what is timed, by name.
        rounds: how often each has its turn, or less often, but twice, if it takes too long.
        calls: how often a work runs in a turn, of which the median counts; once if not named.

    Returns:
        Milliseconds of each work, one number per round.
    """
    repeats = calls or {}
    for work in works.values():
        work()
    taken: dict[Name, list[float]] = {name: [] for name in works}
    began = time.perf_counter()
    for made in range(rounds):
        if made >= _FEWEST and time.perf_counter() - began > _PATIENCE_SECONDS:
            break
        for name, work in works.items():
            turn = [milliseconds(work) for _ in range(repeats.get(name, 1))]
            taken[name].append(statistics.median(turn))
    return {name: tuple(values) for name, values in taken.items()}


def milliseconds(work: Work) -> float:
    """Wall time of one call; rubbish is collected before, not during."""
    gc.collect(0)
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def ratios(over: Sequence[float], under: Sequence[float]) -> tuple[float, ...]:
    """Round by round, how many times longer the first took than the second."""
    return tuple(a / b for a, b in zip(over, under, strict=True))
