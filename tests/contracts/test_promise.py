"""Every kind of policy keeps the promises of `Policy`. A new one is picked up by itself."""

import dataclasses
import typing
from pathlib import Path

import numpy as np
import pytest
import torch

from decision_mamba.batch import Context
from decision_mamba.errors import BadInput
from decision_mamba.models import Hybrid, Model, Policy, PolicySettings
from decision_mamba.models.choice import Sampling
from decision_mamba.models.memory import Acting, Mode
from decision_mamba.models.policy_file import load_policy, save_policy
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Continuous, Discrete, Spaces
from tests.conftest import (
    CHOICES,
    IMAGES,
    SPACES,
    chunk_by_chunk,
    moments_of,
    random_batch,
    shown_at,
    step_by_step,
)

STEPS, WINDOW = 11, 4
VECTORS: list[PolicySettings] = [
    *(kind(width=16, blocks=2) for kind in typing.get_args(PolicySettings)),
    Hybrid(width=16, blocks=2, chunk=4),
]
SEEN_BY: dict[str, tuple[Spaces, list[PolicySettings]]] = {
    "numbers": (SPACES, VECTORS),
    "choices": (CHOICES, VECTORS),
    "images": (IMAGES, [one for one in VECTORS if isinstance(one, Model)]),  # others refuse them
}


@pytest.fixture(
    params=[
        pytest.param((settings, spaces), id=f"{type(settings).__name__}-{name}")
        for name, (spaces, able) in SEEN_BY.items()
        for settings in able
    ]
)
def pair(request: pytest.FixtureRequest) -> tuple[PolicySettings, Spaces]:
    chosen: tuple[PolicySettings, Spaces] = request.param
    return chosen


@pytest.fixture
def policy(pair: tuple[PolicySettings, Spaces]) -> Policy:
    settings, spaces = pair
    with Seeds(0).weights():
        return settings.build(spaces, moments_of(spaces), Acting(window=WINDOW)).eval()


@pytest.fixture
def batch(pair: tuple[PolicySettings, Spaces]) -> Context:
    """Two episodes with all that any policy reads."""
    steps = random_batch(STEPS, most=3000.0, spaces=pair[1])
    goals = steps.observations if steps.observations.ndim == 3 else torch.zeros(2, STEPS, 0)
    return Context(
        **vars(steps),
        rewards=torch.rand(2, STEPS, generator=torch.Generator().manual_seed(2)),
        arrived=steps.observations,
        labels=steps.actions,
        weights=torch.ones(2, STEPS),
        goals=goals,
    )


@pytest.mark.parametrize("name", ["observations", "actions", "returns_to_go", "rewards"])
def test_no_prediction_sees_a_later_step(policy: Policy, batch: Context, name: str) -> None:
    changed = getattr(batch, name).clone()
    changed[:, 6:] += 1

    torch.testing.assert_close(
        policy(dataclasses.replace(batch, **{name: changed}))[:, :6], policy(batch)[:, :6]
    )


def test_a_prediction_sees_its_own_observation(policy: Policy, batch: Context) -> None:
    changed = batch.observations.clone()
    changed[:, 6:] += 1

    other = policy(dataclasses.replace(batch, observations=changed))

    assert not torch.allclose(other[:, 6], policy(batch)[:, 6], rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", [1, 3, 5, STEPS])
def test_chunks_in_a_row_equal_the_whole(policy: Policy, batch: Context, size: int) -> None:
    torch.testing.assert_close(chunk_by_chunk(policy, batch, size), policy(batch))


def test_steps_in_a_row_equal_the_whole(policy: Policy, batch: Context) -> None:
    torch.testing.assert_close(step_by_step(policy, batch), policy(batch))


@pytest.mark.parametrize("steps", [1, 3, WINDOW])
def test_the_decision_is_the_last_prediction(policy: Policy, batch: Context, steps: int) -> None:
    window = batch.first(steps)

    torch.testing.assert_close(policy.decide(policy.perceived(window)), policy(window)[:, -1])


def test_each_observation_is_perceived_on_its_own(policy: Policy, batch: Context) -> None:
    whole = policy.perceived(batch)

    third = policy.perceived(batch.first(3).last(1))

    torch.testing.assert_close(third.observations, whole.observations[:, 2:3])
    torch.testing.assert_close(whole.actions, batch.actions, rtol=0, atol=0)


def test_windows_of_a_batch_do_not_meet(policy: Policy, batch: Context) -> None:
    one = batch.rows(torch.tensor([False, True]))

    torch.testing.assert_close(policy(one), policy(batch)[1:])


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_reading_equals_as_many_steps(policy: Policy, batch: Context, steps: int) -> None:
    *read, present = policy.perceived(batch).first(steps + 1).chunks(1)
    state = None
    for step, before in zip(read, [None, *read], strict=False):
        predicted, state = policy.step(step, before, state)

    at_once, state_at_once = policy.read(policy.perceived(batch).first(steps))

    torch.testing.assert_close(at_once, predicted)
    torch.testing.assert_close(
        policy.step(present, read[-1], state_at_once), policy.step(present, read[-1], state)
    )


def test_sequences_can_leave_a_state(policy: Policy, batch: Context) -> None:
    first, next_one = policy.perceived(batch).first(2).chunks(1)
    _, state = policy.step(first, None, None)
    second = torch.tensor([False, True])

    alone, _ = policy.step(
        next_one.rows(second),
        first.rows(second),
        tuple(part[second] for part in state),
    )

    torch.testing.assert_close(alone, policy(batch)[1:, 1])


def test_a_policy_plays_in_the_mode_it_was_meant_for(policy: Policy, batch: Context) -> None:
    policy.acting = dataclasses.replace(policy.acting, mode="recurrent")
    target = 2000.0 if policy.takes_target else None
    alike = policy.agent(target), policy.agent(target, "recurrent"), policy.agent(target, "window")

    played: list[list[np.ndarray | int]] = [[], [], []]
    for step in range(WINDOW + 4):
        observation = shown_at(step, batch)[0]
        for agent, actions in zip(alike, played, strict=True):
            actions.append(agent.act(observation))
            agent.observe(1.0)

    meant, recurrent, window = map(np.array, played)
    assert (meant == recurrent).all()
    if isinstance(policy.spaces.action, Continuous):  # choices may be the same by chance
        assert policy.takes_target == (meant != window).any()


@pytest.mark.parametrize("mode", ["window", "recurrent", "hopping"])
def test_what_is_played_is_what_training_predicts(
    policy: Policy, batch: Context, mode: Mode
) -> None:
    greedy = Sampling(0.0) if isinstance(policy.spaces.action, Discrete) else Sampling()
    agent = policy.agent(2000.0 if policy.takes_target else None, mode, sampling=greedy)
    agent.reset(2)
    actions = []

    for step in range(WINDOW):
        actions.append(agent.act(shown_at(step, batch)))
        agent.observe(np.array([1.0, 1.0]))

    played = dataclasses.replace(
        batch.first(WINDOW),
        actions=torch.from_numpy(np.stack(actions, axis=1)),
        rewards=torch.ones(2, WINDOW),
        returns_to_go=torch.tensor([[2000.0, 1999.0, 1998.0, 1997.0]]).repeat(2, 1),
    )
    predicted = policy(played)
    wanted = predicted.argmax(-1) if isinstance(policy.spaces.action, Discrete) else predicted
    torch.testing.assert_close(wanted, played.actions)


def test_a_target_is_given_where_one_is_taken_and_only_there(policy: Policy) -> None:
    with pytest.raises(BadInput, match="say which" if policy.takes_target else "leave target"):
        policy.agent(None if policy.takes_target else 3600.0)


def test_a_policy_in_a_file_is_the_same_policy(
    policy: Policy, batch: Context, tmp_path: Path
) -> None:
    save_policy(policy, tmp_path / "policy.safetensors")

    loaded = load_policy(tmp_path)

    assert type(loaded) is type(policy)
    assert loaded.model == policy.model
    assert loaded.parameters_count == policy.parameters_count
    torch.testing.assert_close(loaded(batch), policy(batch), rtol=0, atol=0)


def test_gradients_reach_every_weight(policy: Policy, batch: Context) -> None:
    policy(batch).square().sum().backward()

    assert [name for name, weight in policy.named_parameters() if weight.grad is None] == []


def test_what_is_learned_is_what_is_predicted(policy: Policy, batch: Context) -> None:
    first, *others = policy.lessons(batch)

    predicted = policy(batch)
    assert first.weight == 1.0
    assert all(0.0 < one.weight <= 1.0 for one in others)
    assert int(first.steps.mask.sum()) == 2 * STEPS
    # A policy may cut rows into shorter ones, and take those in any order.
    learned = first.predicted[first.steps.mask].detach()
    torch.testing.assert_close(_sorted(learned), _sorted(predicted.flatten(0, 1).detach()))


def _sorted(rows: torch.Tensor) -> torch.Tensor:
    return rows[rows[:, 0].argsort()]
