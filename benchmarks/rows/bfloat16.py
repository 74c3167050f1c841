"""Training with matrix products in bfloat16: how much faster, and whether it learns as well."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks import standard
from benchmarks.effort import Effort
from benchmarks.hotspots import of_operations
from benchmarks.row import Measured, Row, at_least, at_most
from benchmarks.standard import Precision
from benchmarks.timing import interleaved, ratios
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.seeding import Seeds
from decision_mamba.training.fit import fit
from decision_mamba.training.learner import Learner
from decision_mamba.training.objective import mean_squared_error

_PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
# Small enough that several runs fit into a minute; the losses are of this model.
_WIDTH, _BLOCKS, _BATCH = 32, 1, 16
_JUDGED = 1024  # windows, always the same ones


def measure(effort: Effort) -> Iterator[Row]:
    """Times the standard model, then trains a small one several times."""
    works = {}
    for precision in _PRECISIONS:
        settings = standard.experiment(standard.DMAMBA, precision)
        learner = Learner(standard.policy(settings), settings.training)
        works[precision] = standard.updates(learner, settings)
    taken = interleaved(works, 2 * effort.rounds, calls=dict.fromkeys(works, 3))
    row = Row(
        "bfloat16",
        "Decision Mamba, update in bfloat16, faster than in float32",
        Measured(ratios(taken["float32"], taken["bfloat16"]), "×"),
        at_least(1.4),
        ours=Measured(taken["bfloat16"], "ms"),
        peer=Measured(taken["float32"], "ms", "float32"),
    )
    yield row.explained_by(of_operations(works["bfloat16"]))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # a model this small is faster so, and its losses are the same
    try:
        row = _losses(effort.loss_updates, effort.loss_seeds)
    finally:
        torch.set_num_threads(threads)
    yield row


def _losses(updates: int, seeds: int) -> Row:
    found = {p: [_loss_after(updates, p, seed) for seed in range(seeds)] for p in _PRECISIONS}
    plain = found["float32"]
    spread = max(plain) - min(plain)
    apart = tuple(
        abs(low - high) / spread for low, high in zip(found["bfloat16"], plain, strict=True)
    )
    return Row(
        "bfloat16",
        f"its loss after {updates:,} updates, apart from float32's, over the spread of seeds",
        Measured((sum(apart) / seeds,), "of the spread"),
        at_most(1),
        ours=Measured(tuple(found["bfloat16"]), "loss"),
        peer=Measured(tuple(plain), "loss", "float32"),
        note=(
            f"{_BLOCKS} block of width {_WIDTH}, batch {_BATCH}, {seeds} seeds of each; the loss "
            f"of {_JUDGED:,} fixed windows without dropout, in float32; the mean over seeds of the "
            "distance between the two, over the widest distance between seeds of float32"
        ),
    )


def _loss_after(updates: int, precision: Precision, seed: int) -> float:
    settings = _small(updates, precision)
    policy = standard.policy(settings, seed)
    windows = standard.windows(settings)
    for _ in fit(Learner(policy, settings.training), windows, Seeds(seed)):
        pass
    batch = windows.draw(_JUDGED, np.random.default_rng(0))
    with torch.no_grad():
        predicted = policy.eval()(batch)
    half_range = policy.scaling.action_half
    return mean_squared_error(predicted, batch.actions, batch.mask, half_range).item()


def _small(updates: int, precision: Precision) -> Experiment:
    settings = standard.experiment(standard.DMAMBA, precision)
    training = dataclasses.replace(
        settings.training, updates=updates, batch_size=_BATCH, warmup=updates // 10
    )
    model = dataclasses.replace(settings.model, width=_WIDTH, blocks=_BLOCKS)
    return dataclasses.replace(settings, model=model, training=training)
