"""Starting from DQN-replay shards and holding what they hold."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.effort import Effort
from benchmarks.row import Measured, Row, at_most
from benchmarks.screens import episodes
from benchmarks.subprocesses import answer_of
from decision_mamba.data.sources import write_shards
from decision_mamba.data.store import Store

_SHARD = 100_000  # steps, as of the public data
_GIBI = 1024.0  # MiB


def measure(effort: Effort) -> Iterator[Row]:
    """Writes made-up shards, lets a fresh process read them and draw, and deletes them."""
    steps = effort.frames
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "replay_logs"
        write_shards(folder, Store.of(episodes(steps)), capacity=_SHARD)
        found = answer_of("benchmarks.holding", (str(folder),))
    yield Row(
        "frames",
        f"{steps:,} frames of 84 x 84 read and held, peak memory",
        Measured((found["peak"] / _GIBI,), "GiB"),
        at_most(4),
        ours=Measured((found["anonymous"] / _GIBI,), "GiB", "unmapped"),
        floor=Measured((steps * 84 * 84 / 2**30,), "GiB", "frames"),
        note="the resident set's peak after a hundred batches of 128 windows of 30 steps; all but "
        "what is unmapped are pages of a file that the kernel drops when others need the memory",
    )
    per_part = 100_000 / steps
    yield Row(
        "frames",
        "from shards to the first batch, per 100,000 steps",
        Measured((per_part * found["seconds"],), "s"),
        at_most(60),
        ours=Measured((per_part * found["processor_seconds"],), "s", "processor"),
    )
