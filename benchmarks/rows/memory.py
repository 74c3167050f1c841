"""The peak memory of one update."""

from collections.abc import Iterator

from benchmarks.effort import Effort
from benchmarks.peak import mebibytes
from benchmarks.row import Measured, Row, at_most

_RUNS = 2


def measure(_: Effort) -> Iterator[Row]:
    """Asks processes that make nothing but an update."""
    pairs = [(mebibytes("step", "ours"), mebibytes("step", "mambapy")) for _ in range(_RUNS)]
    ours, theirs = zip(*pairs, strict=True)
    yield Row(
        "memory",
        "Decision Mamba, peak memory of an update, over mambapy's",
        Measured(tuple(mine / other for mine, other in pairs), "×"),
        at_most(0.25),
        ours=Measured(ours, "MiB"),
        peer=Measured(theirs, "MiB", "mambapy"),
        note="the resident set's peak in a fresh process, less what it was before the update",
    )
