"""One update of Decision Transformer at the papers' standard size."""

from collections.abc import Iterator

import numpy as np
import torch

from benchmarks import standard
from benchmarks.agreement import relative_error
from benchmarks.effort import Effort
from benchmarks.hotspots import of_operations
from benchmarks.peers.transformers_dt import TransformersLearner
from benchmarks.products import products_of
from benchmarks.row import Measured, Row, at_least, at_most
from benchmarks.rows.dmamba import transformers_updates
from benchmarks.timing import interleaved, ratios
from decision_mamba.training.learner import Learner


def measure(effort: Effort) -> Iterator[Row]:
    """Checks that both are the same model, then times."""
    yield _agreement()
    settings = standard.experiment(standard.DT)
    learner = Learner(standard.policy(settings), settings.training)
    works = {
        "ours": standard.updates(learner, settings),
        "transformers": transformers_updates(),
    }
    works["floor"] = products_of(works["ours"])
    taken = interleaved(works, 2 * effort.rounds, calls=dict.fromkeys(works, 3))
    ours = Measured(taken["ours"], "ms")
    floor = Measured(taken["floor"], "ms", "products")
    row = Row(
        "dt",
        "Decision Transformer, update, faster than transformers'",
        Measured(ratios(taken["transformers"], taken["ours"]), "×"),
        at_least(1.3),
        ours=ours,
        peer=Measured(taken["transformers"], "ms", "transformers"),
        floor=floor,
    )
    yield row.explained_by(of_operations(works["ours"]))
    yield Row(
        "dt",
        "Decision Transformer, update, over its matrix products",
        Measured(ratios(taken["ours"], taken["floor"]), "×"),
        ours=ours,
        floor=floor,
    )


def _agreement() -> Row:
    settings = standard.experiment(standard.DT)
    ours = standard.policy(settings).eval()
    theirs = TransformersLearner(ours, settings.training)
    theirs.take_weights(ours)
    theirs.model.eval()
    batch = standard.windows(settings).draw(8, np.random.default_rng(0))
    with torch.no_grad():
        error = relative_error([theirs.predict(batch)[batch.mask]], [ours(batch)[batch.mask]])
    return Row(
        "dt",
        "transformers' Decision Transformer with our weights, error of actions",
        Measured((error,), "relative"),
        at_most(1e-4),
        guards=True,
    )
