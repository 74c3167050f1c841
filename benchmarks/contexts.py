"""DM-H and Algorithm Distillation with a transformer at the sizes of Huang et al. 2024.

Source: arXiv:2406.00079, appendix A and its table of costs.
"""

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import torch

from decision_mamba.analysis.made_up import made_up
from decision_mamba.batch import Batch
from decision_mamba.data.contexts import Contexts
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.presets import preset
from decision_mamba.mixers import Attention, State
from decision_mamba.models import Hybrid, Model, Policy
from decision_mamba.models.agent import Agent
from decision_mamba.models.memory import Acting, Mode
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Discrete, Spaces, Vector
from decision_mamba.training.fit import fit
from decision_mamba.training.learner import Learner

PAPER_UPDATES = 100_000


@dataclasses.dataclass(frozen=True)
class Size:
    """A context that the paper says its times for.

    Attributes:
        hybrid: the preset that plays it.
        horizon: of an episode.
        claim: how many times faster than AD it decides, by the paper's minutes of playing.
    """

    name: str
    hybrid: str
    horizon: int
    claim: float


SIZES = (
    Size("Large Darkroom", "dmh/large-darkroom", 200, 9),
    Size("4,000 steps", "dmh/hopper-medium", 1000, 28),
)


def hybrid(size: Size) -> Experiment:
    """DM-H as its preset has it."""
    return preset(size.hybrid).experiment


def rival(size: Size) -> Experiment:
    """AD with a transformer of the paper's width on the same task, three tokens a step."""
    ours, theirs = hybrid(size), preset("ad/large-darkroom").experiment
    assert isinstance(ours.model, Hybrid)
    assert isinstance(theirs.model, Model)
    assert ours.contexts is not None
    contexts = dataclasses.replace(ours.contexts, order="time", returns="own", goals="none")
    model = dataclasses.replace(theirs.model, levels=ours.model.levels)
    return dataclasses.replace(ours, model=model, contexts=contexts)


def without_dropped_weights(experiment: Experiment) -> Experiment:
    """The same whose attention drops none of its weights, which a CPU can only do all at once."""
    assert isinstance(experiment.model, Model)
    assert isinstance(experiment.model.mixer, Attention)
    mixer = dataclasses.replace(experiment.model.mixer, dropout=0.0)
    return dataclasses.replace(experiment, model=dataclasses.replace(experiment.model, mixer=mixer))


def policy(size: Size, experiment: Experiment) -> Policy:
    """The policy that `train` would begin with."""
    spaces = _spaces(size)
    numbers = spaces.observation.size
    nothing = Moments(np.zeros(numbers, np.float32), np.ones(numbers, np.float32))
    with Seeds(0).weights():
        return experiment.model.build(spaces, nothing, experiment.acting)


def learning(
    size: Size, experiment: Experiment, rows: int, device: str = "cpu"
) -> Callable[[], object]:
    """Work that makes the next update from so many contexts, through the loop of `train`."""
    training = dataclasses.replace(experiment.training, batch_size=rows)
    learner = Learner(policy(size, experiment).to(device), training)
    assert experiment.contexts is not None
    going = fit(learner, Contexts(_store(size), None, experiment.contexts), Seeds(0))
    return lambda: next(going)


class Player:
    """An agent whose memory is full: another episode of its task begins.

    The memory of all copies is that of one row of as many steps as a context has; what is in it
    changes no cost.
    """

    def __init__(
        self, size: Size, experiment: Experiment, mode: Mode, *, copies: int, device: str = "cpu"
    ) -> None:
        played = policy(size, experiment).to(device).eval()
        target = experiment.evaluation.targets[0] if played.takes_target else None
        self._agent = Agent(_Full(played, size, mode, copies), target, mode)
        seen = made_up(played.model, played.spaces, copies, steps=1).observations[:, 0]
        self._seen, self._earned = seen.numpy(), np.zeros(copies, np.float32)
        self._agent.reset(copies)

    def play(self, decisions: int) -> None:
        """Makes the next decisions of all copies."""
        for _ in range(decisions):
            self._agent.act(self._seen)
            self._agent.observe(self._earned)


class _Full:
    """A policy that remembers a context before its first decision."""

    def __init__(self, played: Policy, size: Size, mode: Mode, copies: int) -> None:
        self._policy = played
        self.acting: Acting = played.acting
        self.spaces = played.spaces
        self.takes_target = played.takes_target
        self.reads_rewards = played.reads_rewards
        self.device = played.device
        steps = played.acting.window
        past = made_up(played.model, played.spaces, 1, steps=steps, horizon=size.horizon)
        past = past.to(played.device)
        self._before, self._state = past, None
        if mode == "recurrent":
            self._before, self._state = _remembered(played, past, copies)
        self._copies = copies

    def perceived(self, steps: Batch) -> Batch:
        return self._policy.perceived(steps)

    def decide(self, window: Batch) -> torch.Tensor:
        steps = self.acting.window - window.mask.shape[1]
        past = _repeated(self._before.last(steps), self._copies)
        return self._policy.decide(past.then(window))

    def step(
        self, present: Batch, previous: Batch | None, state: State | None
    ) -> tuple[torch.Tensor, State]:
        if state is not None:
            return self._policy.step(present, previous, state)
        before, begun, self._state = self._before, self._state, None  # not held twice
        return self._policy.step(present, before, begun)


@torch.inference_mode()
def _remembered(played: Policy, past: Batch, copies: int) -> tuple[Batch, State]:
    """The last step of a row, and the state of as many copies of it."""
    previous: Batch | None = None
    state: State | None = None
    for present in past.chunks(1):
        _, state = played.step(present, previous, state)
        previous = present
    assert previous is not None
    assert state is not None
    each = tuple(part.repeat_interleave(copies, dim=0) for part in state)
    return _repeated(previous, copies), each


def _repeated(steps: Batch, copies: int) -> Batch:
    return steps if copies == 1 else steps.rows(torch.zeros(copies, dtype=torch.long))  # type: ignore[arg-type]


def _spaces(size: Size) -> Spaces:
    found = preset(size.hybrid).spaces
    assert found is not None
    return found


def _store(size: Size) -> Store:
    return Store.of(_episodes(size))


def _episodes(size: Size) -> Iterator[Episode]:
    """Twenty that nobody played, as long as the task's."""
    generator, spaces = np.random.default_rng(0), _spaces(size)
    levels = hybrid(size).model.levels  # type: ignore[union-attr]
    assert isinstance(spaces.observation, Vector)
    for _ in range(20):
        shape = (size.horizon, spaces.observation.size)
        seen = generator.integers(levels, size=shape) if levels else generator.normal(size=shape)
        actions = spaces.action.zeros(size.horizon)
        if isinstance(spaces.action, Discrete):
            actions = generator.integers(spaces.action.count, size=size.horizon)
        yield Episode(
            observations=seen.astype(np.float32), actions=actions,
            rewards=generator.random(size.horizon).astype(np.float32), truncated=True,
            terminated=False,
        )  # fmt: skip
