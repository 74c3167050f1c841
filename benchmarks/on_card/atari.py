"""Learning and playing Atari on a card: environment steps per second at the papers' sizes."""

import time
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks import atari
from benchmarks.on_card.clock import milliseconds
from benchmarks.row import Measured, Row
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.seeding import Seeds
from decision_mamba.training.ahead import Ahead
from decision_mamba.training.feed import feed_for
from decision_mamba.training.precision import Precision

CARD = torch.device("cuda")
UPDATES = 100  # in a turn
TURNS = 5
STEPS = 60  # of an episode that a turn plays, which is twice the window
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
MODES: tuple[Mode, ...] = ("window", "recurrent")


def measure() -> Iterator[Row]:
    """Updates in both precisions beside their encoder alone, then decisions one by one."""
    for name in atari.PRESETS:
        for precision in PRECISIONS:
            yield _learning(name, precision)
    for name in atari.PRESETS:
        policy = atari.policy(atari.experiment(name)).to(CARD)
        for mode in MODES:
            yield _playing(name, policy, mode)


def _learning(name: str, precision: Precision) -> Row:
    settings = atari.experiment(name, precision)
    learner, windows = atari.learner(settings), atari.windows(settings)
    learner.policy.to(CARD)
    going = Ahead(learner, feed_for(windows, atari.BATCH, CARD), Seeds(0))
    going.until(UPDATES)
    taken = tuple(_turn(going, (turn + 2) * UPDATES) for turn in range(TURNS))
    batch = windows.draw(atari.BATCH, np.random.default_rng(0)).to(CARD)
    steps, updates = atari.BATCH * settings.windows.length, atari.paper_updates()
    minutes = updates * float(np.median(taken)) / 6e4
    return Row(
        "atari",
        f"{name}, environment steps learned from per second, {precision}",
        Measured(tuple(1000 * steps / ms for ms in taken), "steps/s"),
        ours=Measured(taken, "ms per update"),
        floor=Measured(milliseconds(atari.seeing(learner, batch)), "ms", "encoder"),
        note=f"{updates:,} updates, which are {atari.EPOCHS} epochs of {atari.SAMPLES:,}, would "
        f"take {minutes:.0f} minutes without evaluation; the encoder forward and backward, alone",
    )


def _turn(going: Ahead, stop: int) -> float:
    """Milliseconds of an update, with nobody waiting but for the last."""
    began = time.perf_counter()
    going.until(stop)
    return 1000 * (time.perf_counter() - began) / UPDATES


def _playing(name: str, policy: SequencePolicy, mode: Mode) -> Row:
    play = atari.episode(policy, mode, STEPS)
    play()
    taken = []
    for _ in range(TURNS):
        began = time.perf_counter()
        play()
        taken.append(1000 * (time.perf_counter() - began) / STEPS)
    return Row(
        "atari",
        f"{name}, {mode} mode, decisions per second, batch 1",
        Measured(tuple(1000 / ms for ms in taken), "steps/s"),
        ours=Measured(tuple(taken), "ms"),
        note=f"act and observe, over the first {STEPS} steps of an episode",
    )
