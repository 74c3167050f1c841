"""One decision for one episode in recurrent mode, however old the episode is."""

import math
import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy import ndarray

from benchmarks import process_memory, standard
from benchmarks.effort import Effort
from benchmarks.hotspots import of_functions
from benchmarks.peers import official_evaluation
from benchmarks.peers.borrowed import with_blocks
from benchmarks.peers.step_by_step import StepByStepBlock
from benchmarks.row import Measured, Row, at_most
from benchmarks.timing import interleaved
from decision_mamba.models.agent import Agent
from decision_mamba.models.policy import SequencePolicy

_TARGET = 3600.0
_YOUNG = 1_000  # steps; by then whatever grows only at first has grown
_TURN = 200  # steps of the old and of a young episode in turns, to compare their cost


def measure(effort: Effort) -> Iterator[Row]:
    """Plays one long episode; at its end, young ones in turns with it."""
    policy = standard.policy(standard.experiment(standard.DMAMBA))
    player = _Player(policy.agent(_TARGET, "recurrent"))
    player.play(_YOUNG)
    taken = np.ones(effort.decisions - _YOUNG)  # written to, so that its memory is there already
    before = process_memory.mebibytes("VmRSS")
    made = player.play(len(taken), taken, seconds=effort.decision_seconds)
    grown = process_memory.mebibytes("VmRSS") - before
    age = _YOUNG + made
    row = Row(
        "decision",
        f"one decision, batch 1, recurrent, steps {_YOUNG:,} to {age:,}",
        Measured(tuple(taken[:made].tolist()), "ms"),
        at_most(0.5),
        peer=_official(policy, effort.rounds),
        note="act and observe, with an observation as any environment gives it",
    )
    yield row.explained_by(of_functions(lambda: player.play(1000)))
    young = _Player(policy.agent(_TARGET, "recurrent"))
    turns = interleaved(
        {"old": lambda: player.play(_TURN), "young": lambda: young.reborn().play(_TURN)}, 20
    )
    yield _flatness(turns["old"], turns["young"], age)
    yield Row(
        "decision",
        f"memory that steps {_YOUNG:,} to {age:,} took",
        Measured((grown,), "MiB"),
        at_most(1),
        note="growth of the resident set",
    )


class _Player:
    """An agent in an episode that never ends."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._observations = standard.store().observations

    def play(self, steps: int, taken: ndarray | None = None, *, seconds: float = math.inf) -> int:
        """Makes the next steps until time is up, the milliseconds of each going into `taken`.

        Returns:
            How many they were.
        """
        end = time.perf_counter() + seconds
        for i in range(steps):
            observation = self._observations[i % len(self._observations)]
            began = time.perf_counter()
            self._agent.act(observation)
            self._agent.observe(1.0)
            if taken is not None:
                taken[i] = 1000 * (time.perf_counter() - began)
            if began > end:
                return i + 1
        return steps

    def reborn(self) -> "_Player":
        self._agent.reset()
        return self


def _official(policy: SequencePolicy, rounds: int) -> Measured:
    official = with_blocks(policy, StepByStepBlock).eval()
    length = policy.acting.window
    states = torch.from_numpy(standard.store().observations[:length].copy())
    actions = torch.zeros(length, policy.spaces.action.size)
    returns, times = torch.full((1, length), _TARGET), torch.arange(length)[None]
    taken = interleaved(
        {
            "official": lambda: official_evaluation.decide(
                official, states, actions, returns=returns, times=times
            )
        },
        10 * rounds,
    )
    return Measured(taken["official"], "ms", "official")


def _flatness(old: tuple[float, ...], young: tuple[float, ...], age: int) -> Row:
    return Row(
        "decision",
        f"a decision at step {age:,} over one in the first {_TURN}",
        Measured(tuple(a / b for a, b in zip(old, young, strict=True)), "×"),
        at_most(1.15),
        ours=Measured(tuple(ms / _TURN for ms in old), "ms"),
        peer=Measured(tuple(ms / _TURN for ms in young), "ms", "young"),
        note=f"{_TURN} steps of each in turns",
    )
