"""Small data and policies that many tests share."""

import dataclasses
import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from decision_mamba.batch import Batch, Context
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode
from decision_mamba.mixers import Attention, Convolution, MixerSettings, Selective, State
from decision_mamba.models import Policy
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Continuous, Discrete, Image, Spaces, Vector

SPACES = Spaces(Vector(3), Continuous((-1.0, -1.0), (1.0, 1.0)))
CHOICES = Spaces(Vector(3), Discrete(4))
IMAGES = Spaces(Image(36, 36, stack=2), Discrete(4))  # as small as can be encoded


def pytest_configure() -> None:
    """Has Triton's kernels interpreted where there is no card; it asks once, when imported."""
    if not torch.cuda.is_available():
        os.environ["TRITON_INTERPRET"] = "1"


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(
    params=[Attention(), Convolution(taps=8), Selective(state=4)],
    ids=["attention", "convolution", "selective"],
)
def mixer(request: pytest.FixtureRequest) -> MixerSettings:
    settings: MixerSettings = request.param
    return settings


def small_policy(
    model: Model, acting: Acting | None = None, spaces: Spaces = SPACES
) -> SequencePolicy:
    """A policy whose observations are neither centred nor of unit size, unless they are images."""
    with Seeds(0).weights():
        policy = SequencePolicy(model, spaces, moments_of(spaces), acting or Acting(window=5))
        return placed(policy).eval()


def placed(policy: SequencePolicy) -> SequencePolicy:
    """The policy with rows for its tokens' places, which begin at zero and would hide faults."""
    if policy.tokens.positions is not None:
        for table in policy.tokens.positions.parameters():
            torch.nn.init.normal_(table, std=0.1)
    return policy


def moments_of(spaces: Spaces) -> Moments:
    """Of observations of three numbers; images have none."""
    seen = 3 if isinstance(spaces.observation, Vector) else 0
    return Moments(
        mean=np.array([0.5, -1.0, 2.0][:seen], np.float32),
        std=np.array([1.0, 0.5, 3.0][:seen], np.float32),
    )


def some_observations(spaces: Spaces, *rows: int, generator: torch.Generator) -> torch.Tensor:
    """What is seen, of which any number can be raised by one and still be seen."""
    seen = spaces.observation
    if isinstance(seen, Vector):
        return torch.randn(*rows, seen.size, generator=generator)
    shown = torch.randint(255, (*rows, *seen.shape), dtype=torch.uint8, generator=generator)
    black = torch.zeros_like(shown[:, : seen.stack - 1])
    stacks = torch.cat([black, shown], dim=1).unfold(1, seen.stack, 1)
    return stacks.movedim(-1, 2).contiguous()


def some_actions(spaces: Spaces, *rows: int) -> torch.Tensor:
    """Actions of which any can be raised by one and still be done."""
    generator = torch.Generator().manual_seed(1)
    if isinstance(spaces.action, Continuous):
        return torch.rand(*rows, spaces.action.size, generator=generator) * 2 - 1
    return torch.randint(spaces.action.count - 1, rows, generator=generator)


def random_batch(steps: int, most: float = 30.0, spaces: Spaces = SPACES) -> Batch:
    """Two windows from the start of an episode, with returns up to the given one."""
    generator = torch.Generator().manual_seed(0)
    return Batch(
        observations=some_observations(spaces, 2, steps, generator=generator),
        actions=some_actions(spaces, 2, steps),
        returns_to_go=torch.rand(2, steps, generator=generator) * most,
        timesteps=torch.arange(steps).repeat(2, 1),
        mask=torch.ones(2, steps, dtype=torch.bool),
    )


def in_context(batch: Batch) -> Context:
    """The same steps, with something earned at each and arrived at elsewhere where one begins."""
    generator = torch.Generator().manual_seed(2)
    begins = (batch.timesteps == 0).view(*batch.mask.shape, *[1] * (batch.observations.ndim - 2))
    return Context(
        **vars(batch),
        rewards=torch.rand(batch.mask.shape, generator=generator),
        arrived=torch.where(begins, batch.observations + 1, batch.observations),
        labels=batch.actions,
        weights=batch.mask.float(),
        goals=torch.zeros(*batch.mask.shape, 0),
    )


def shown_at(step: int, batch: Batch) -> np.ndarray:
    """What environments show to an agent at a step: numbers, or the last frame of what is seen."""
    seen = batch.observations[:, step]
    return (seen if seen.ndim == 2 else seen[:, -1]).numpy()


def step_by_step(policy: Policy, batch: Batch) -> Tensor:
    """What is decided one step after another, each step's own action out of sight."""
    state: State | None = None
    previous: Batch | None = None
    decided = []
    for present in policy.perceived(batch).chunks(1):
        unknown = torch.zeros_like(present.actions)
        action, state = policy.step(replace(present, actions=unknown), previous, state)
        decided.append(action)
        previous = present
    return torch.stack(decided, dim=1)


def chunk_by_chunk(policy: Policy, batch: Batch, size: int) -> Tensor:
    """What is predicted one chunk after another."""
    steps, before = policy.predictable(batch)
    state: State | None = None
    predicted = []
    for chunk in steps.chunks(size):
        actions, state = policy.continued(chunk, before, state)
        predicted.append(actions)
        before = chunk.last(1)
    return torch.cat(predicted, dim=1)


def small_store(lengths: tuple[int, ...] = (7, 12, 30)) -> Store:
    """Episodes whose actions follow from their observations: there is something to learn."""
    generator = np.random.default_rng(0)
    return Store.of(_episode(length, generator) for length in lengths)


def choosing_store(lengths: tuple[int, ...] = (7, 12, 30)) -> Store:
    """Episodes in which the number observed as the greatest says which of four is chosen."""
    store = small_store(lengths)
    episodes = (store.episode(index) for index in range(store.episodes))
    return Store.of(
        dataclasses.replace(one, actions=one.observations.argmax(axis=1) + (one.rewards > 0.8))
        for one in episodes
    )


def _episode(length: int, generator: np.random.Generator) -> Episode:
    observations = generator.normal(size=(length, 3)).astype(np.float32)
    return Episode(
        observations=observations,
        actions=np.tanh(observations[:, :2] - observations[:, 2:]),
        rewards=generator.uniform(size=length).astype(np.float32),
        terminated=True,
    )
