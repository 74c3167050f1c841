"""Where the time of a work goes, in a few lines."""

import cProfile
import pstats
from pathlib import Path

from torch.profiler import ProfilerActivity, profile

from benchmarks.timing import Work

_SHOWN = 5


def of_operations(work: Work, calls: int = 3) -> tuple[str, ...]:
    """The torch operations with the largest share of the time, their own callees left out."""
    work()
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        for _ in range(calls):
            work()
    spent = [(event.self_cpu_time_total, event.key, event.count) for event in seen.key_averages()]
    total = sum(microseconds for microseconds, _, _ in spent)
    return tuple(
        f"{100 * microseconds / total:4.1f} %  {name}, {count / calls:.0f} per call"
        for microseconds, name, count in sorted(spent, reverse=True)[:_SHOWN]
    )


def of_functions(work: Work) -> tuple[str, ...]:
    """The Python functions with the largest share of the time, their own callees left out."""
    profiler = cProfile.Profile()
    profiler.runcall(work)
    entries = pstats.Stats(profiler).stats.items()  # type: ignore[attr-defined]
    spent = [(numbers[2], f"{Path(file).name}:{name}") for (file, _, name), numbers in entries]
    total = sum(seconds for seconds, _ in spent)
    return tuple(
        f"{100 * seconds / total:4.1f} %  {name.removeprefix('~:')}"
        for seconds, name in sorted(spent, reverse=True)[:_SHOWN]
    )
