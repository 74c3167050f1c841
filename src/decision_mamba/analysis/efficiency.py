"""What a policy costs as its sequences grow: time, multiply-adds and memory."""

import dataclasses
import functools
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from decision_mamba.analysis.multiply_adds import multiply_adds
from decision_mamba.analysis.peak_memory import peak_bytes
from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import State
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import ObservationSpace, Spaces, Vector

Work: TypeAlias = Callable[[], object]

_PATIENCE_SECONDS = 0.3  # after which no more repetitions are begun


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is measured; its weights are drawn, for they change no cost.

    Attributes:
        parameters: as it is trained; None where it never was, and those of the longest window
            count. A table of positions is made for that window here.
    """

    name: str
    model: Model
    spaces: Spaces
    parameters: int | None = None


@dataclasses.dataclass(frozen=True)
class Measurement:
    """How it is measured.

    Attributes:
        lengths: environment steps of a window, and age of an episode in steps.
        batch: windows or episodes at once.
        repeats: of which the median counts; fewer where they take longer than 0.3 s together.
        device: where.
    """

    lengths: tuple[int, ...] = (20, 50, 100, 200, 500, 1000)
    batch: int = 1
    repeats: int = 20
    device: torch.device = torch.device("cpu")


@dataclasses.dataclass(frozen=True)
class Cost:
    """What one piece of work takes.

    Attributes:
        milliseconds: the median.
        multiply_adds: as `multiply_adds` counts them.
        peak_bytes: of tensors alive at once, weights and carried state included.
    """

    milliseconds: float
    multiply_adds: int
    peak_bytes: int


@dataclasses.dataclass(frozen=True)
class Point:
    """What one policy takes at one length.

    Attributes:
        window: one decision by reading the last `length` steps anew, as a Transformer does; what
            is seen is perceived at the present step only.
        recurrent: one decision at that age of an episode with the state carried, as an RNN does.
            Of attention the state is the keys and values of the whole episode.
        training: predictions of `length` steps and their gradients, for both ways alike; the
            optimiser is left out. Its multiply-adds are those of the predictions alone.
        state_bytes: what is carried from step to step.
    """

    policy: str
    parameters: int
    length: int
    window: Cost
    recurrent: Cost
    training: Cost
    state_bytes: int


def measure(subject: Subject, how: Measurement) -> Iterator[Point]:
    """Measures one policy at each length, the shortest first.

    Source: Dai et al. 2024, arXiv:2405.12094, figure 2 and table 7, there on a card.

    Raises:
        BadInput: a length, the batch or the repetitions are less than 1, or a mixer is not known
            to `multiply_adds`.
    """
    _require_positive(how)
    policy, episode = _prepared(subject, how)
    weights = _bytes(policy.state_dict().values())
    for present, previous, state in _decisions(policy, episode, how.lengths):
        window = episode.first(int(present.timesteps.max()) + 1)
        carried = _bytes(state or ())
        deciding = functools.partial(_decide, policy, present, _perceived(policy, window))
        stepping = functools.partial(_step, policy, present, previous, state)
        yield Point(
            policy=subject.name,
            parameters=subject.parameters or policy.parameters_count,
            length=window.mask.shape[1],
            window=_of_decision(policy, deciding, how, held=weights),
            recurrent=_of_decision(policy, stepping, how, held=weights + carried),
            training=_of_training(policy, window, how, held=weights),
            state_bytes=carried,
        )


def _decide(policy: SequencePolicy, present: Batch, window: Batch) -> object:
    """Perceives what is present, as what came before was when it was present, and reads it all."""
    policy.perceived(present)
    return policy.decide(window)


def _step(
    policy: SequencePolicy, present: Batch, previous: Batch | None, state: State | None
) -> object:
    return policy.step(policy.perceived(present), previous, state)


@torch.no_grad()
def _perceived(policy: SequencePolicy, steps: Batch) -> Batch:
    policy.eval()
    return policy.perceived(steps)


def _require_positive(how: Measurement) -> None:
    if not how.lengths:
        raise BadInput("there is no length to measure at; give at least one, such as 20")
    sizes = {"length": min(how.lengths), "batch": how.batch, "number of repeats": how.repeats}
    for name, value in sizes.items():
        if value < 1:
            raise BadInput(f"the {name} is {value}; expected at least 1")


def _prepared(subject: Subject, how: Measurement) -> tuple[SequencePolicy, Batch]:
    """The policy, and episodes as long as the longest window."""
    seen = subject.spaces.observation
    size = seen.size if isinstance(seen, Vector) else 0
    nothing = Moments(np.zeros(size, np.float32), np.ones(size, np.float32))
    with Seeds(0).weights():
        policy = subject.model.build(subject.spaces, nothing, Acting(window=max(how.lengths)))
    steps, generator = (how.batch, max(how.lengths)), torch.Generator().manual_seed(0)
    episode = Batch(
        observations=_observations(seen, steps, generator),
        actions=torch.from_numpy(subject.spaces.action.zeros(*steps)),
        returns_to_go=torch.ones(steps),
        timesteps=torch.arange(steps[1]).repeat(how.batch, 1),
        mask=torch.ones(steps, dtype=torch.bool),
    )
    return policy.to(how.device), episode.to(how.device)


def _observations(
    seen: ObservationSpace, steps: tuple[int, int], generator: torch.Generator
) -> Tensor:
    if isinstance(seen, Vector):
        return torch.randn(*steps, seen.size, generator=generator)
    stacks = (*steps, seen.stack, *seen.shape)
    return torch.randint(256, stacks, dtype=torch.uint8, generator=generator)


def _decisions(
    policy: SequencePolicy, episode: Batch, lengths: Sequence[int]
) -> Iterator[tuple[Batch, Batch | None, State | None]]:
    """What is present when the episodes are as old as each length, and what is kept of the past."""
    previous: Batch | None = None
    state: State | None = None
    for age in range(1, max(lengths) + 1):
        present = episode.first(age).last(1)
        if age in lengths:
            yield present, previous, state
        with torch.no_grad():
            perceived = _perceived(policy, present)
            _, state = policy.step(perceived, previous, state)
        previous = perceived


def _of_decision(policy: SequencePolicy, work: Work, how: Measurement, *, held: int) -> Cost:
    policy.eval()
    with torch.inference_mode():
        taken, most = _milliseconds(work, how), peak_bytes(work, how.device)
    return Cost(taken, multiply_adds(policy, work), held + most)


def _of_training(policy: SequencePolicy, window: Batch, how: Measurement, *, held: int) -> Cost:
    policy.train()
    weights = list(policy.parameters())

    def work() -> object:
        return torch.autograd.grad(policy(window).square().mean(), weights, allow_unused=True)

    with Seeds(0).dropout(0):
        taken, most = _milliseconds(work, how), peak_bytes(work, how.device)
        return Cost(taken, multiply_adds(policy, lambda: policy(window)), held + most)


def _milliseconds(work: Work, how: Measurement) -> float:
    """The median, after a call that does not count."""
    work()
    taken: list[float] = []
    began = time.perf_counter()
    while len(taken) < how.repeats:
        taken.append(_once(work, how.device))
        if time.perf_counter() - began > _PATIENCE_SECONDS:
            break
    return 1000 * statistics.median(taken)


def _once(work: Work, device: torch.device) -> float:
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


def _bytes(parts: Iterable[Tensor]) -> int:
    return sum(part.numel() * part.element_size() for part in parts)
