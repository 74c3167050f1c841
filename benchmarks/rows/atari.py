"""Learning and playing Atari: environment steps per second at the papers' sizes."""

from collections.abc import Iterator

import numpy as np
import torch

from benchmarks import atari
from benchmarks.effort import Effort
from benchmarks.hotspots import of_operations
from benchmarks.products import products_of
from benchmarks.row import Measured, Row, at_most
from benchmarks.timing import Work, interleaved, ratios
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.seeding import Seeds
from decision_mamba.training.fit import fit

_MODES: tuple[Mode, ...] = ("window", "recurrent")
# A quarter of the papers' batch, to be done in time; a step costs the same.
_BATCH = 32
_AGE = 60  # steps of an episode that a turn plays, which is twice the window


def measure(effort: Effort) -> Iterator[Row]:
    """Updates first, then decisions, each in turns with their floor."""
    yield from _learning(effort.rounds)
    yield from _playing(2 * effort.rounds)


def _learning(rounds: int) -> Iterator[Row]:
    settings = {name: atari.experiment(name, batch_size=_BATCH) for name in atari.PRESETS}
    updates = {name: _updates(name) for name in settings}
    works = dict(updates)
    works |= {f"{name}'s floor": products_of(work) for name, work in updates.items()}
    windows, generator = atari.windows(next(iter(settings.values()))), np.random.default_rng(0)
    works["draw"] = lambda: windows.draw(_BATCH, generator)
    taken = interleaved(works, rounds, calls={"draw": 5})
    for name in updates:
        row = _of_update(name, settings[name].windows.length, taken)
        yield row.explained_by(of_operations(updates[name], calls=1))
    quickest = min(updates, key=lambda name: min(taken[name]))
    yield Row(
        "atari",
        f"Windows.draw of stacks, share of {quickest}'s update",
        Measured(tuple(100 * part for part in ratios(taken["draw"], taken[quickest])), "%"),
        at_most(3),
        ours=Measured(taken["draw"], "ms"),
        peer=Measured(taken[quickest], "ms", "update"),
    )


def _updates(name: str) -> Work:
    settings = atari.experiment(name, batch_size=_BATCH)
    going = fit(atari.learner(settings), atari.windows(settings), Seeds(0))
    return lambda: next(going)


def _of_update(name: str, length: int, taken: dict[str, tuple[float, ...]]) -> Row:
    ours, floor = taken[name], taken[f"{name}'s floor"]
    steps = _BATCH * length
    updates = atari.paper_updates()
    hours = updates * float(np.median(ours)) * atari.BATCH / _BATCH / 3.6e6
    return Row(
        "atari",
        f"{name}, environment steps learned from per second",
        Measured(tuple(1000 * steps / ms for ms in ours), "steps/s"),
        ours=Measured(ours, "ms"),
        floor=Measured(floor, "ms", "products"),
        note=(
            f"batches of {_BATCH} windows of {length} steps, windows, forward, backward, "
            f"clipping and AdamW; {updates:,} updates of {atari.BATCH} windows, which are "
            f"{atari.EPOCHS} epochs of {atari.SAMPLES:,}, would take {hours:.0f} h"
        ),
    )


def _playing(rounds: int) -> Iterator[Row]:
    policies = {name: atari.policy(atari.experiment(name)).eval() for name in atari.PRESETS}
    works = {
        f"{name}, {mode} mode": atari.episode(policy, mode, _AGE)
        for name, policy in policies.items()
        for mode in _MODES
    }
    names = tuple(works)
    works["floor"] = _encoding(next(iter(policies.values())))
    taken = interleaved(works, rounds)
    floor = Measured(tuple(ms / _AGE for ms in taken["floor"]), "ms", "encoder")
    for name in names:
        yield Row(
            "atari",
            f"{name}, decisions per second, batch 1",
            Measured(tuple(1000 * _AGE / ms for ms in taken[name]), "steps/s"),
            ours=Measured(tuple(ms / _AGE for ms in taken[name]), "ms"),
            floor=floor,
            note=f"act and observe, over the first {_AGE} steps of an episode",
        )


def _encoding(policy: SequencePolicy) -> Work:
    """What each decision must at least do: encode one stack."""
    batch = atari.windows(atari.experiment(next(iter(atari.PRESETS)))).gather(np.array([10]))
    one = batch.first(1)

    def encode() -> None:
        with torch.inference_mode():
            for _ in range(_AGE):
                policy.perceived(one)

    return encode
