"""The peak memory of one update."""

from collections.abc import Iterator

from benchmarks.effort import Effort
from benchmarks.peak import mebibytes
from benchmarks.row import Measured, Row, at_most


def measure(_: Effort) -> Iterator[Row]:
    """Asks two processes that make nothing but an update."""
    ours, theirs = (mebibytes("step", whose) for whose in ("ours", "mambapy"))
    yield Row(
        "memory",
        "Decision Mamba, peak memory of an update, over mambapy's",
        Measured((ours / theirs,), "×"),
        at_most(0.25),
        ours=Measured((ours,), "MiB"),
        peer=Measured((theirs,), "MiB", "mambapy"),
        note="the resident set's peak in a fresh process, less what it was before the update",
    )
