"""Drawing the windows of an update."""

from collections.abc import Iterator

import numpy as np

from benchmarks import standard
from benchmarks.effort import Effort
from benchmarks.hotspots import of_functions
from benchmarks.peers import official_windows
from benchmarks.row import Measured, Row, at_least, at_most
from benchmarks.timing import Work, interleaved, ratios
from decision_mamba.training.learner import Learner


def measure(effort: Effort) -> Iterator[Row]:
    """Times our gather, the official loop and an update in turns."""
    settings = standard.experiment(standard.DMAMBA)
    size, length = settings.training.batch_size, settings.windows.length
    windows, generator = standard.windows(settings), np.random.default_rng(0)
    data = official_windows.Trajectories.of(standard.store())
    learner = Learner(standard.policy(settings), settings.training)
    works: dict[str, Work] = {
        "ours": lambda: windows.draw(size, generator),
        "official": lambda: official_windows.draw(data, size, length, generator),
        "update": standard.updates(learner, settings),
    }
    calls = {"ours": 100, "official": 5, "update": 3}
    taken = interleaved(works, 2 * effort.rounds, calls=calls)
    ours = Measured(taken["ours"], "ms")
    profile = of_functions(lambda: [works["ours"]() for _ in range(1000)])
    row = Row(
        "windows",
        f"Windows.draw, batch {size}, K = {length}, faster than the official loop",
        Measured(ratios(taken["official"], taken["ours"]), "×"),
        at_least(50),
        ours=ours,
        peer=Measured(taken["official"], "ms", "get_batch"),
    )
    yield row.explained_by(profile)
    share = tuple(100 * part for part in ratios(taken["ours"], taken["update"]))
    yield Row(
        "windows",
        "Windows.draw, share of Decision Mamba's update",
        Measured(share, "%"),
        at_most(3),
        ours=ours,
        peer=Measured(taken["update"], "ms", "update"),
    )
