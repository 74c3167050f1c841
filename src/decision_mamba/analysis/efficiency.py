"""What a policy costs as its sequences grow: time, multiply-adds and memory."""

import dataclasses
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from decision_mamba.analysis.made_up import made_up
from decision_mamba.analysis.multiply_adds import multiply_adds
from decision_mamba.analysis.peak_memory import peak_bytes
from decision_mamba.analysis.room import PROBES, foretold, free_bytes
from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.mixers import State
from decision_mamba.models import Hybrid, Model, Policy
from decision_mamba.models.memory import Acting
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Spaces, Vector

Work: TypeAlias = Callable[[], object]

_PATIENCE_SECONDS = 0.3  # after which no more repetitions are begun


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is measured; its weights are drawn, for they change no cost.

    Attributes:
        parameters: as it is trained; None where it never was, and those of the longest window
            count. A table of positions is made for that window here.
        horizon: steps of an episode, of which several follow one another in a row; None for a row
            of one episode.
    """

    name: str
    model: Model | Hybrid
    spaces: Spaces
    parameters: int | None = None
    horizon: int | None = None

    @property
    def turn(self) -> int:
        """Decisions that are measured together, because they do not cost the same."""
        return self.model.chunk if isinstance(self.model, Hybrid) else 1


@dataclasses.dataclass(frozen=True)
class Measurement:
    """How it is measured.

    Attributes:
        lengths: environment steps of a window, and age of a row in steps.
        batch: rows at once.
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
class TooLarge:
    """What was not tried, because there is no room for it.

    Attributes:
        needed_bytes: that it would have alive at once, as shorter lengths foretell.
        free_bytes: that there were.
    """

    needed_bytes: int
    free_bytes: int


@dataclasses.dataclass(frozen=True)
class Point:
    """What one policy takes at one length.

    Attributes:
        window: one decision by reading the last `length` steps anew, as a Transformer does that
            keeps neither keys nor values; what is seen is perceived at the present step only.
        recurrent: one decision at that age of a row with the state carried, as an RNN does. Of
            attention the state is the keys and values of the whole row. Where some decisions set
            a sub-goal and others follow it, the mean over as many as follow one.
        training: predictions of `length` steps and their gradients, for both ways alike; the
            optimiser is left out. Its multiply-adds are those of the predictions alone.
        state_bytes: what is carried from step to step.
    """

    policy: str
    parameters: int
    length: int
    window: Cost | TooLarge
    recurrent: Cost
    training: Cost | TooLarge
    state_bytes: int


@dataclasses.dataclass(frozen=True)
class _Turn:
    """The decisions up to one age of the rows, and what is kept of the past before them."""

    presents: list[Batch]
    previous: Batch | None
    state: State | None


def measure(subject: Subject, how: Measurement) -> Iterator[Point]:
    """Measures one policy at each length, the shortest first.

    Source: Dai et al. 2024, arXiv:2405.12094, figure 2 and table 7, there on a card.

    Raises:
        BadInput: a length, the batch or the repetitions are less than 1, or a mixer is not known
            to `multiply_adds`.
    """
    _require_positive(how)
    policy, rows = _prepared(subject, how)
    weights = _bytes(policy.state_dict().values())

    def deciding(length: int) -> Cost:
        return _of_decision(policy, rows.first(length), how, held=weights)

    def training(length: int) -> Cost:
        return _of_training(policy, rows.first(length), how, held=weights)

    window, learned = _where_there_is_room(deciding, how), _where_there_is_room(training, how)
    for length, turn in _turns(policy, rows, how.lengths, subject.turn):
        carried = _bytes(turn.state or ())
        yield Point(
            policy=subject.name,
            parameters=subject.parameters or policy.parameters_count,
            length=length,
            window=window(length),
            recurrent=_of_turn(policy, turn, how, held=weights + carried),
            training=learned(length),
            state_bytes=carried,
        )


def _require_positive(how: Measurement) -> None:
    if not how.lengths:
        raise BadInput("there is no length to measure at; give at least one, such as 20")
    sizes = {"length": min(how.lengths), "batch": how.batch, "number of repeats": how.repeats}
    for name, value in sizes.items():
        if value < 1:
            raise BadInput(f"the {name} is {value}; expected at least 1")


def _prepared(subject: Subject, how: Measurement) -> tuple[Policy, Batch]:
    """The policy, and rows as long as the longest window."""
    seen, longest = subject.spaces.observation, max(how.lengths)
    size = seen.size if isinstance(seen, Vector) else 0
    nothing = Moments(np.zeros(size, np.float32), np.ones(size, np.float32))
    with Seeds(0).weights():
        policy = subject.model.build(subject.spaces, nothing, Acting(window=longest))
    rows = made_up(subject.model, subject.spaces, how.batch, steps=longest, horizon=subject.horizon)
    return policy.to(how.device), rows.to(how.device)


def _where_there_is_room(
    cost: Callable[[int], Cost], how: Measurement
) -> Callable[[int], Cost | TooLarge]:
    """The cost at lengths that fit into memory, which short ones tell beforehand."""
    if max(how.lengths) <= PROBES[-1]:
        return cost
    needed_at = foretold(lambda length: cost(length).peak_bytes)

    def tried(length: int) -> Cost | TooLarge:
        needed, free = needed_at(length), free_bytes(how.device)
        if length > PROBES[-1] and needed > free:
            return TooLarge(needed, free)
        return cost(length)

    return tried


def _turns(
    policy: Policy, rows: Batch, lengths: Sequence[int], decisions: int
) -> Iterator[tuple[int, _Turn]]:
    """The last decisions of the rows at each length, after all before them."""
    begins = {length: max(0, length - decisions) for length in sorted(set(lengths))}
    steps = rows.chunks(1)
    previous: Batch | None = None
    state: State | None = None
    for made, present in enumerate(steps):
        for length in [length for length, begin in begins.items() if begin == made]:
            yield length, _Turn(steps[made:length], previous, state)
        policy.eval()  # who was given the turn may have had it learn
        with torch.no_grad():
            previous, state = _step(policy, present, previous, state)


def _step(
    policy: Policy, present: Batch, previous: Batch | None, state: State | None
) -> tuple[Batch, State]:
    perceived = policy.perceived(present)
    _, after = policy.step(perceived, previous, state)
    return perceived, after


def _of_turn(policy: Policy, turn: _Turn, how: Measurement, *, held: int) -> Cost:
    """What one of the decisions takes in the mean."""

    def work() -> None:
        previous, state = turn.previous, turn.state
        for present in turn.presents:
            previous, state = _step(policy, present, previous, state)

    policy.eval()
    counted = multiply_adds(policy, work)
    with torch.inference_mode():
        whole = _cost(work, how, held=held, counted=counted)
    decisions = len(turn.presents)
    return Cost(whole.milliseconds / decisions, counted // decisions, whole.peak_bytes)


def _of_decision(policy: Policy, window: Batch, how: Measurement, *, held: int) -> Cost:
    policy.eval()
    present = window.last(1)
    with torch.no_grad():
        # What came before was perceived when it was present.
        perceived = policy.perceived(window)

    def work() -> None:
        policy.perceived(present)
        policy.decide(perceived)

    counted = multiply_adds(policy, work)
    with torch.inference_mode():
        return _cost(work, how, held=held, counted=counted)


def _of_training(policy: Policy, window: Batch, how: Measurement, *, held: int) -> Cost:
    policy.train()
    weights = list(policy.parameters())

    def work() -> None:
        lessons = policy.lessons(window)
        loss = torch.stack([one.weight * one.predicted.square().mean() for one in lessons]).sum()
        torch.autograd.grad(loss, weights, allow_unused=True)

    with Seeds(0).dropout(0):
        counted = multiply_adds(policy, lambda: policy.lessons(window))
        return _cost(work, how, held=held, counted=counted)


def _cost(work: Work, how: Measurement, *, held: int, counted: int) -> Cost:
    # The work was warm when it was counted.
    return Cost(_milliseconds(work, how), counted, held + peak_bytes(work, how.device))


def _milliseconds(work: Work, how: Measurement) -> float:
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
