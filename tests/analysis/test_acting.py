"""What acting takes is counted while somebody else plays."""

import weakref

import numpy as np
import torch
from torch import nn

from decision_mamba.analysis.acting import Measured, held_bytes
from decision_mamba.envs import LastingActor
from decision_mamba.shapes import PlayedActions, PlayedObservations, PlayedRewards

CPU = torch.device("cpu")


class Hoarder:
    """Remembers a kilobyte per row and decision, and takes four more for a moment."""

    def __init__(self) -> None:
        self.weights = nn.Linear(100, 100)
        self.said: list[str] = []
        self.hoard: list[torch.Tensor] = []

    def reset(self, copies: int) -> None:
        self.said.append(f"reset {copies}")
        self.hoard = []

    def act(self, observations: PlayedObservations) -> PlayedActions:
        self.said.append(f"act {len(observations)}")
        torch.zeros(1024)
        self.hoard.append(torch.zeros(len(observations), 256))
        return np.zeros(len(observations), np.int64)

    def observe(self, rewards: PlayedRewards) -> None:
        self.said.append(f"observe {len(rewards)}")

    def again(self, rows: np.ndarray, arrived: PlayedObservations) -> None:
        self.said.append(f"again {rows.sum()} of {len(arrived)}")

    def keep(self, rows: np.ndarray) -> None:
        self.said.append(f"keep {rows.sum()}")


def played(measured: Measured, copies: int, decisions: int) -> None:
    measured.reset(copies)
    for _ in range(decisions):
        measured.act(np.zeros((copies, 2), np.float32))
        measured.observe(np.zeros(copies))


def test_every_word_is_passed_on() -> None:
    actor = Hoarder()
    measured = Measured(actor, CPU)

    played(measured, copies=3, decisions=1)
    measured.again(np.ones(3, bool), np.zeros((3, 2), np.float32))
    measured.keep(np.ones(3, bool))

    assert actor.said == ["reset 3", "act 3", "observe 3", "again 3 of 3", "keep 3"]
    assert isinstance(measured, LastingActor)


def test_decisions_are_those_of_all_copies_and_the_extra_one_does_not_count() -> None:
    measured = Measured(Hoarder(), CPU)
    played(measured, copies=3, decisions=5)

    cost = measured.finished()

    assert cost.decisions == 15
    assert cost.seconds > 0
    assert cost.milliseconds_per_decision == 1000 * cost.seconds / 15


def test_memory_is_that_at_the_end_of_the_largest_wave() -> None:
    measured = Measured(Hoarder(), CPU)
    played(measured, copies=4, decisions=5)
    played(measured, copies=2, decisions=50)

    cost = measured.finished()

    assert (cost.copies, cost.state_bytes) == (4, 5 * 4 * 1024)
    # A decision more: a kilobyte for each of four rows, after four for a moment.
    assert cost.peak_bytes - cost.state_bytes == 4 * 1024


def test_nothing_older_is_given_back_while_torchs_record_is_on() -> None:
    """Torch would say aloud that it knows nothing of it."""

    class Forgetful(Hoarder):
        def act(self, observations: PlayedObservations) -> PlayedActions:
            before = [weakref.ref(one) for one in self.hoard]
            self.hoard = []
            self.said.append(f"{sum(one() is not None for one in before)} live on")
            return super().act(observations)

    actor = Forgetful()
    measured = Measured(actor, CPU)
    played(measured, copies=4, decisions=2)

    assert measured.finished().state_bytes == 4 * 1024
    lives = [said for said in actor.said if said.endswith("live on")]
    assert lives == ["0 live on", "0 live on", "1 live on"]


def test_who_never_played_cost_nothing() -> None:
    assert Measured(Hoarder(), CPU).finished().milliseconds_per_decision == 0


def test_views_share_their_block_and_weights_are_no_memory() -> None:
    block, array = torch.zeros(10, 10), np.zeros(5)
    held = {"one": block[:2], "other": [block[3:], (array, array[1:])], "net": nn.Linear(9, 9)}

    assert held_bytes(held) == 400 + 40
