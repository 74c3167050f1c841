"""Acting and learning with a memory of many episodes on a card: DM-H beside AD."""

import time
from collections.abc import Callable, Iterator

import torch

from benchmarks import contexts
from benchmarks.contexts import Player, Size
from benchmarks.row import Measured, Row, at_least
from benchmarks.timing import ratios
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.models.memory import Mode

COPIES = (1, 128)
CHUNK = 20  # decisions to a sub-goal at both sizes: a turn is whole chunks
TURNS = 5
ROWS = 16  # contexts of an update: what fits beside its gradients, and keeps a card busy
UPDATES = 5  # in a turn


def measure() -> Iterator[Row]:
    """Decisions with full memories, then updates."""
    for size in contexts.SIZES:
        for copies in COPIES:
            yield from _acting(size, copies)
    for size in contexts.SIZES:
        yield _learning(size)


def _acting(size: Size, copies: int) -> Iterator[Row]:
    ours = _decisions(
        Player(size, contexts.hybrid(size), "recurrent", copies=copies, device="cuda")
    )
    modes: dict[Mode, str] = {"window": "by window", "recurrent": "with a key-value cache"}
    for mode, words in modes.items():
        # A window of many copies is read one copy after another: together they need too much.
        together = 1 if mode == "window" else copies
        rival = Player(size, contexts.rival(size), mode, copies=together, device="cuda")
        theirs = tuple(copies / together * ms for ms in _decisions(rival))
        yield Row(
            "contexts",
            f"{size.name}, {copies} at once: DM-H decides faster than AD {words}",
            Measured(ratios(theirs, ours), "×"),
            at_least(size.claim) if mode == "window" and copies == 1 else None,
            ours=Measured(ours, "ms"),
            peer=Measured(theirs, "ms", "AD"),
            note=f"act and observe with a full memory, the mean over {CHUNK} decisions",
        )


def _decisions(player: Player) -> tuple[float, ...]:
    """Milliseconds of one, a number per turn."""
    return _timed(lambda: player.play(CHUNK), CHUNK)


def _learning(size: Size) -> Row:
    ours, theirs = (
        _updates(size, experiment) for experiment in (contexts.hybrid(size), contexts.rival(size))
    )
    batch = contexts.hybrid(size).training.batch_size
    hours = [contexts.PAPER_UPDATES * batch / ROWS * min(ms) / 3.6e6 for ms in (ours, theirs)]
    return Row(
        "contexts",
        f"{size.name}: DM-H learns faster than AD",
        Measured(ratios(theirs, ours), "×"),
        ours=Measured(tuple(ROWS * 1000 / (batch * ms) for ms in ours), "updates/s"),
        peer=Measured(tuple(ROWS * 1000 / (batch * ms) for ms in theirs), "updates/s", "AD"),
        note=f"updates of {batch} contexts, measured with {ROWS} and scaled up; "
        f"{contexts.PAPER_UPDATES:,} would take DM-H {hours[0]:.1f} h and AD {hours[1]:.1f} h",
    )


def _updates(size: Size, experiment: Experiment) -> tuple[float, ...]:
    update = contexts.learning(size, experiment, ROWS, "cuda")

    def several() -> None:
        for _ in range(UPDATES):
            update()

    return _timed(several, UPDATES)


def _timed(work: Callable[[], object], pieces: int) -> tuple[float, ...]:
    work()
    taken = []
    for _ in range(TURNS):
        torch.cuda.synchronize()
        began = time.perf_counter()
        work()
        torch.cuda.synchronize()
        taken.append(1000 * (time.perf_counter() - began) / pieces)
    return tuple(taken)
