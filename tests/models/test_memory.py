"""What is remembered is bounded in window mode, and its own state in recurrent mode."""

import dataclasses

import torch

from decision_mamba.batch import Batch, Context
from decision_mamba.mixers import State
from decision_mamba.models.memory import Acting, HoppingMemory, RecurrentMemory, WindowMemory
from decision_mamba.spaces import Continuous, Spaces, Vector


class Spy:
    """A decider that answers its own call count and writes down what it is given."""

    def __init__(self) -> None:
        self.acting = Acting(window=3)
        self.spaces = Spaces(Vector(1), Continuous((-1.0,), (1.0,)))
        self.device = torch.device("cpu")
        self.takes_target = True
        self.reads_rewards = False
        self.draws_when_acting = False
        self.perceptions = 0
        self.windows: list[Batch] = []
        self.readings: list[Batch] = []
        self.steps: list[tuple[Batch, Batch | None, State | None]] = []

    def perceived(self, steps: Batch) -> Batch:
        self.perceptions += 1
        return dataclasses.replace(steps, observations=steps.observations + 10)

    def decide(self, window: Batch) -> torch.Tensor:
        self.windows.append(window)
        return torch.full((1, 1), float(len(self.windows)))

    def step(
        self, present: Batch, previous: Batch | None, state: State | None
    ) -> tuple[torch.Tensor, State]:
        self.steps.append((present, previous, state))
        return torch.full((1, 1), float(len(self.steps))), (torch.tensor([[len(self.steps)]]),)

    def read(self, window: Batch) -> tuple[torch.Tensor, State]:
        self.readings.append(window)
        return torch.full((1, 1), -1.0), (torch.tensor([[-1]]),)


def present(timestep: int) -> Batch:
    return Batch(
        observations=torch.zeros(1, 1, 1),
        actions=torch.zeros(1, 1, 1),
        returns_to_go=torch.zeros(1, 1),
        timesteps=torch.tensor([[timestep]]),
        mask=torch.ones(1, 1, dtype=torch.bool),
    )


def test_a_window_holds_the_last_steps_and_what_was_done_at_them() -> None:
    spy = Spy()
    memory = WindowMemory(spy, lambda predicted: predicted)

    for timestep in range(5):
        memory.decide(present(timestep))

    assert [window.timesteps.tolist() for window in spy.windows] == [
        [[0]], [[0, 1]], [[0, 1, 2]], [[1, 2, 3]], [[2, 3, 4]],
    ]  # fmt: skip
    assert spy.windows[-1].actions.flatten().tolist() == [3.0, 4.0, 0.0]


def test_a_hopping_memory_reads_what_it_keeps_again() -> None:
    spy = Spy()
    spy.acting = Acting(window=20)
    memory = HoppingMemory(spy, lambda predicted: predicted)

    for timestep in range(22):
        memory.decide(present(timestep))

    # The oldest two of twenty are forgotten when the next step is to be decided.
    assert [step.timesteps.item() for step, _, _ in spy.steps] == [*range(20), 21]
    (read,) = spy.readings
    assert read.timesteps.tolist() == [list(range(2, 21))]
    assert read.actions.flatten().tolist() == [*map(float, range(3, 21)), 0.0]
    _, before, state = spy.steps[-1]
    assert before is not None
    assert state is not None
    assert (before.timesteps.item(), before.actions.item(), state[0].item()) == (20, -1.0, -1)


def test_a_window_of_one_step_is_forgotten_whole() -> None:
    spy = Spy()
    spy.acting = Acting(window=1)
    memory = HoppingMemory(spy, lambda predicted: predicted)

    for timestep in range(3):
        memory.decide(present(timestep))

    assert len(spy.steps) == 1
    assert [read.timesteps.tolist() for read in spy.readings] == [[[1]], [[2]]]


def test_a_recurrent_memory_holds_one_step_and_a_state() -> None:
    spy = Spy()
    memory = RecurrentMemory(spy, lambda predicted: predicted)

    for timestep in range(3):
        memory.decide(present(timestep))

    _, previous, state = spy.steps[2]
    assert spy.steps[0][1:] == (None, None)
    assert previous is not None
    assert state is not None
    assert (previous.timesteps.item(), previous.actions.item()) == (1, 2.0)
    assert state[0].item() == 2


def test_what_is_chosen_is_remembered_and_not_what_was_predicted() -> None:
    spies = Spy(), Spy()
    window = WindowMemory(spies[0], lambda predicted: 10 * predicted)
    recurrent = RecurrentMemory(spies[1], lambda predicted: 10 * predicted)

    for timestep in range(2):
        window.decide(present(timestep))
        recurrent.decide(present(timestep))

    _, previous, _ = spies[1].steps[1]
    assert previous is not None
    assert spies[0].windows[1].actions.flatten().tolist() == [10.0, 0.0]
    assert previous.actions.item() == 10.0


def test_each_step_is_perceived_once_and_kept_as_perceived() -> None:
    spies = Spy(), Spy()
    window = WindowMemory(spies[0], lambda predicted: predicted)
    recurrent = RecurrentMemory(spies[1], lambda predicted: predicted)

    for timestep in range(5):
        window.decide(present(timestep))
        recurrent.decide(present(timestep))

    now, before, _ = spies[1].steps[4]
    assert before is not None
    assert [spy.perceptions for spy in spies] == [5, 5]
    assert spies[0].windows[4].observations.flatten().tolist() == [10.0, 10.0, 10.0]
    assert (now.observations.item(), before.observations.item()) == (10.0, 10.0)


def in_context(step: Batch) -> Context:
    nothing = torch.zeros(1, 1)
    return Context(
        **vars(step),
        rewards=nothing,
        arrived=step.observations,
        labels=step.actions,
        weights=nothing,
        goals=torch.zeros(1, 1, 0),
    )


def test_what_was_earned_is_remembered_of_the_last_step() -> None:
    spies = Spy(), Spy()
    window = WindowMemory(spies[0], lambda predicted: predicted)
    recurrent = RecurrentMemory(spies[1], lambda predicted: predicted)

    for timestep in range(4):
        for memory in (window, recurrent):
            memory.decide(in_context(present(timestep)))
            memory.earned(torch.tensor([timestep + 0.5]))

    _, previous, _ = spies[1].steps[3]
    seen = spies[0].windows[3]
    assert isinstance(seen, Context)
    assert isinstance(previous, Context)
    assert seen.rewards.tolist() == [[1.5, 2.5, 0.0]]
    assert previous.rewards.tolist() == [[2.5]]
