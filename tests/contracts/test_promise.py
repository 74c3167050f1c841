"""Every kind of policy keeps the promises of `Policy`. A new one is picked up by itself."""

import dataclasses
import typing
from pathlib import Path

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.errors import BadInput
from decision_mamba.models import Perceptron, Policy, PolicySettings
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
KINDS = typing.get_args(PolicySettings)
SEEN_BY = {
    "numbers": (SPACES, KINDS),
    "choices": (CHOICES, KINDS),
    "images": (IMAGES, [kind for kind in KINDS if kind is not Perceptron]),  # which refuses them
}


@pytest.fixture(
    params=[
        pytest.param((kind, spaces), id=f"{kind.__name__}-{name}")
        for name, (spaces, kinds) in SEEN_BY.items()
        for kind in kinds
    ]
)
def pair(request: pytest.FixtureRequest) -> tuple[type[PolicySettings], Spaces]:
    chosen: tuple[type[PolicySettings], Spaces] = request.param
    return chosen


@pytest.fixture
def policy(pair: tuple[type[PolicySettings], Spaces]) -> Policy:
    kind, spaces = pair
    settings: PolicySettings = kind(width=16, blocks=2)
    with Seeds(0).weights():
        return settings.build(spaces, moments_of(spaces), Acting(window=WINDOW)).eval()


@pytest.fixture
def batch(pair: tuple[type[PolicySettings], Spaces]) -> Batch:
    return random_batch(STEPS, most=3000.0, spaces=pair[1])


@pytest.mark.parametrize("name", ["observations", "actions", "returns_to_go"])
def test_no_prediction_sees_a_later_step(policy: Policy, batch: Batch, name: str) -> None:
    changed = getattr(batch, name).clone()
    changed[:, 6:] += 1

    torch.testing.assert_close(
        policy(dataclasses.replace(batch, **{name: changed}))[:, :6], policy(batch)[:, :6]
    )


def test_a_prediction_sees_its_own_observation(policy: Policy, batch: Batch) -> None:
    changed = batch.observations.clone()
    changed[:, 6:] += 1

    other = policy(dataclasses.replace(batch, observations=changed))

    assert not torch.allclose(other[:, 6], policy(batch)[:, 6], rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", [1, 3, 5, STEPS])
def test_chunks_in_a_row_equal_the_whole(policy: Policy, batch: Batch, size: int) -> None:
    torch.testing.assert_close(chunk_by_chunk(policy, batch, size), policy(batch))


def test_steps_in_a_row_equal_the_whole(policy: Policy, batch: Batch) -> None:
    torch.testing.assert_close(step_by_step(policy, batch), policy(batch))


@pytest.mark.parametrize("steps", [1, 3, WINDOW])
def test_the_decision_is_the_last_prediction(policy: Policy, batch: Batch, steps: int) -> None:
    window = batch.first(steps)

    torch.testing.assert_close(policy.decide(policy.perceived(window)), policy(window)[:, -1])


def test_each_observation_is_perceived_on_its_own(policy: Policy, batch: Batch) -> None:
    whole = policy.perceived(batch)

    third = policy.perceived(batch.first(3).last(1))

    torch.testing.assert_close(third.observations, whole.observations[:, 2:3])
    torch.testing.assert_close(whole.actions, batch.actions, rtol=0, atol=0)


def test_windows_of_a_batch_do_not_meet(policy: Policy, batch: Batch) -> None:
    one = batch.rows(torch.tensor([False, True]))

    torch.testing.assert_close(policy(one), policy(batch)[1:])


def test_sequences_can_leave_a_state(policy: Policy, batch: Batch) -> None:
    first, next_one = policy.perceived(batch).first(2).chunks(1)
    _, state = policy.step(first, None, None)
    second = torch.tensor([False, True])

    alone, _ = policy.step(
        next_one.rows(second),
        first.rows(second),
        tuple(part[second] for part in state),
    )

    torch.testing.assert_close(alone, policy(batch)[1:, 1])


def test_a_policy_plays_in_the_mode_it_was_meant_for(policy: Policy, batch: Batch) -> None:
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


@pytest.mark.parametrize("mode", ["window", "recurrent"])
def test_what_is_played_is_what_training_predicts(policy: Policy, batch: Batch, mode: Mode) -> None:
    greedy = Sampling(0.0) if isinstance(policy.spaces.action, Discrete) else Sampling()
    agent = policy.agent(2000.0 if policy.takes_target else None, mode, sampling=greedy)
    actions = []

    for step in range(WINDOW):
        actions.append(agent.act(shown_at(step, batch)))
        agent.observe(np.array([1.0, 1.0]))

    played = dataclasses.replace(
        batch.first(WINDOW),
        actions=torch.from_numpy(np.stack(actions, axis=1)),
        returns_to_go=torch.tensor([[2000.0, 1999.0, 1998.0, 1997.0]]).repeat(2, 1),
    )
    predicted = policy(played)
    wanted = predicted.argmax(-1) if isinstance(policy.spaces.action, Discrete) else predicted
    torch.testing.assert_close(wanted, played.actions)


def test_a_target_is_given_where_one_is_taken_and_only_there(policy: Policy) -> None:
    with pytest.raises(BadInput, match="say which" if policy.takes_target else "leave target"):
        policy.agent(None if policy.takes_target else 3600.0)


def test_a_policy_in_a_file_is_the_same_policy(
    policy: Policy, batch: Batch, tmp_path: Path
) -> None:
    save_policy(policy, tmp_path / "policy.safetensors")

    loaded = load_policy(tmp_path)

    assert type(loaded) is type(policy)
    assert loaded.model == policy.model
    assert loaded.parameters_count == policy.parameters_count
    torch.testing.assert_close(loaded(batch), policy(batch), rtol=0, atol=0)


def test_gradients_reach_every_weight(policy: Policy, batch: Batch) -> None:
    policy(batch).square().sum().backward()

    assert [name for name, weight in policy.named_parameters() if weight.grad is None] == []
