"""One update of Decision Mamba at the papers' standard size."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from benchmarks import standard
from benchmarks.agreement import relative_error
from benchmarks.effort import Effort
from benchmarks.hotspots import of_operations
from benchmarks.peers import mambapy_block
from benchmarks.peers.borrowed import with_blocks
from benchmarks.peers.transformers_dt import TransformersLearner
from benchmarks.products import products_of
from benchmarks.row import Measured, Row, at_least, at_most
from benchmarks.timing import Work, interleaved, ratios
from decision_mamba.batch import Batch
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.training.learner import Learner

_NOTE = "an update as `train` makes it: windows, forward, backward, clipping, AdamW"


def measure(effort: Effort) -> Iterator[Row]:
    """Checks that the borrowed scan gives the same model, then times."""
    settings = standard.experiment(standard.DMAMBA)
    ours = standard.policy(settings)
    theirs = with_blocks(standard.policy(settings), mambapy_block.block)
    yield _agreement(ours, theirs)
    works: dict[str, Work] = {
        name: standard.updates(Learner(policy, settings.training), settings)
        for name, policy in (("ours", ours), ("mambapy", theirs))
    }
    works["transformers"] = transformers_updates()
    works["floor"] = products_of(works["ours"])
    # Enough for the median to stand behind what mambapy leaves: caches, and a heap given back.
    calls = {"ours": 15, "transformers": 15, "floor": 15}
    taken = interleaved(works, effort.rounds, calls=calls)
    profile = of_operations(works["ours"])
    for row in _rows(taken):
        yield row.explained_by(profile)


def transformers_updates() -> Work:
    """Work that makes the next update of transformers' Decision Transformer, windows and all."""
    settings = standard.experiment(standard.DT)
    learner = TransformersLearner(standard.policy(settings), settings.training)
    windows, generator = standard.windows(settings), np.random.default_rng(0)
    return lambda: learner.learn(windows.draw(settings.training.batch_size, generator))


def _rows(taken: dict[str, tuple[float, ...]]) -> Iterator[Row]:
    ours = Measured(taken["ours"], "ms")
    yield Row(
        "dmamba",
        "Decision Mamba, update, faster than with mambapy's block",
        Measured(ratios(taken["mambapy"], taken["ours"]), "×"),
        at_least(13),
        ours=ours,
        peer=Measured(taken["mambapy"], "ms", "mambapy"),
        note=_NOTE + "; theirs is the same but for the block",
    )
    yield Row(
        "dmamba",
        "Decision Mamba, update, over transformers' DT",
        Measured(ratios(taken["ours"], taken["transformers"]), "×"),
        at_most(1),
        ours=ours,
        peer=Measured(taken["transformers"], "ms", "transformers"),
    )
    yield Row(
        "dmamba",
        "Decision Mamba, update, over its matrix products",
        Measured(ratios(taken["ours"], taken["floor"]), "×"),
        at_most(1.7),
        ours=ours,
        floor=Measured(taken["floor"], "ms", "products"),
        note="the products that an update was seen to carry out, done alone",
    )


def _agreement(ours: SequencePolicy, theirs: SequencePolicy) -> Row:
    settings = standard.experiment(standard.DMAMBA)
    batch = standard.windows(settings).draw(8, np.random.default_rng(0))
    error = relative_error(_outcome(theirs, batch), _outcome(ours, batch))
    return Row(
        "dmamba",
        "Decision Mamba with mambapy's block, error of actions and gradients",
        Measured((error,), "relative"),
        at_most(1e-4),
        guards=True,
        note="the same weights, without dropout",
    )


def _outcome(policy: SequencePolicy, batch: Batch) -> list[Tensor]:
    predicted = policy.eval()(batch)
    # The borrowed weights stand in the order of ours, by the same names within a block.
    weights = [weight for _, weight in sorted(_named(policy))]
    gradients = torch.autograd.grad(predicted.square().sum(), weights)
    return [predicted.detach(), *gradients]


def _named(policy: SequencePolicy) -> Iterator[tuple[str, Tensor]]:
    for name, weight in policy.named_parameters():
        yield name.replace(".mixer.block.", ".mixer."), weight
