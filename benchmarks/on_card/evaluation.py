"""The decisions of an evaluation: all environments in one forward pass, or one by one."""

import time
from collections.abc import Iterator

import numpy as np

from benchmarks import standard
from benchmarks.row import Measured, Row
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy import SequencePolicy

COPIES = 100
STEPS = 60  # of an episode, of which the last 20 are timed: the window is full by then
TIMED = 20
MODES: tuple[Mode, ...] = ("window", "recurrent")


def measure() -> Iterator[Row]:
    """Observations on the host to actions on the host, as `evaluate` needs them."""
    policy = standard.policy(standard.experiment("dmamba/hopper-medium")).to("cuda")
    for mode in MODES:
        together, alone = (_decisions(policy, mode, copies) for copies in (COPIES, 1))
        yield Row(
            "evaluation",
            f"decisions for {COPIES} environments, {mode} mode, faster than one by one",
            Measured((COPIES * alone.median / together.median,), "×"),
            ours=together,
            peer=Measured(alone.values, "ms", "of one"),
        )


def _decisions(policy: SequencePolicy, mode: Mode, copies: int) -> Measured:
    agent = policy.agent(3600.0, mode)
    observations = np.random.default_rng(0).normal(size=(STEPS, copies, 11)).astype(np.float32)
    taken = []
    for seen in observations:
        began = time.perf_counter()
        agent.act(seen)
        agent.observe(np.ones(copies, np.float32))
        taken.append(1000 * (time.perf_counter() - began))
    return Measured(tuple(taken[-TIMED:]), "ms")
