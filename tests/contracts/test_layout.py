"""Every layout of tokens keeps the promises of a policy. An added one is picked up by itself."""

import dataclasses
import typing

import numpy as np
import pytest
import torch

from decision_mamba.batch import Context
from decision_mamba.errors import BadInput
from decision_mamba.mixers import Attention, MixerSettings, Selective
from decision_mamba.models.choice import Sampling
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.models.tokens import Layout, Positions, arrangement
from decision_mamba.spaces import Discrete, Image, Spaces
from tests.conftest import (
    CHOICES,
    IMAGES,
    SPACES,
    in_context,
    random_batch,
    shown_at,
    small_policy,
    step_by_step,
)

STEPS = 6

OF_CONTEXTS = [
    layout
    for layout in typing.get_args(Layout)
    if arrangement(layout, action_tokens=True).has_rewards
]


@pytest.fixture(params=[Attention(), Selective(state=4)], ids=["attention", "selective"])
def mixer(request: pytest.FixtureRequest) -> MixerSettings:
    settings: MixerSettings = request.param
    return settings


@dataclasses.dataclass(frozen=True)
class Boundary:
    """What a policy sees and does, and how that is embedded."""

    spaces: Spaces
    embedding: int
    positions: Positions


@pytest.fixture(
    params=[
        Boundary(SPACES, 0, "step"),
        Boundary(SPACES, 12, "token"),
        Boundary(CHOICES, 12, "step"),
        Boundary(IMAGES, 0, "token"),
    ],
    ids=["numbers", "numbers, placed", "choices", "images, placed"],
)
def boundary(request: pytest.FixtureRequest) -> Boundary:
    chosen: Boundary = request.param
    return chosen


@pytest.fixture(params=typing.get_args(Layout))
def policy(
    request: pytest.FixtureRequest, mixer: MixerSettings, boundary: Boundary
) -> SequencePolicy:
    if request.param in OF_CONTEXTS and isinstance(boundary.spaces.observation, Image):
        pytest.skip("contexts hold observations of numbers")
    model = Model(
        mixer=mixer,
        width=16,
        blocks=2,
        tokens=request.param,
        positions=boundary.positions,
        timesteps=4,
        embedding=boundary.embedding,
        return_scale=10.0,
    )
    return small_policy(model, spaces=boundary.spaces)


@pytest.fixture
def batch(boundary: Boundary) -> Context:
    return in_context(random_batch(STEPS, spaces=boundary.spaces))


def later(batch: Context, name: str, first: int) -> Context:
    """The batch with something else from a step on."""
    changed = getattr(batch, name).clone()
    changed[:, first:] += 1
    return dataclasses.replace(batch, **{name: changed})


@pytest.mark.parametrize("name", ["observations", "returns_to_go", "arrived"])
def test_a_prediction_does_not_see_later_steps(
    policy: SequencePolicy, batch: Context, name: str
) -> None:
    torch.testing.assert_close(policy(later(batch, name, 3))[:, :3], policy(batch)[:, :3])


def test_a_prediction_does_not_see_its_own_action(policy: SequencePolicy, batch: Context) -> None:
    torch.testing.assert_close(policy(later(batch, "actions", 3))[:, :4], policy(batch)[:, :4])


def test_a_prediction_sees_what_was_earned_before_it_in_a_context_and_not_its_own_reward(
    policy: SequencePolicy, batch: Context
) -> None:
    changed = policy(later(batch, "rewards", 3))

    torch.testing.assert_close(changed[:, :4], policy(batch)[:, :4])
    same = torch.allclose(changed[:, 4], policy(batch)[:, 4], rtol=0, atol=1e-6)
    assert same != policy.reads_rewards


@pytest.mark.parametrize("layout", OF_CONTEXTS)
def test_windows_without_rewards_are_refused_where_they_are_read(layout: Layout) -> None:
    policy = small_policy(Model(width=8, blocks=1, tokens=layout))

    with pytest.raises(BadInput, match=r"^this policy reads what was earned, and was given"):
        policy(random_batch(2))


def test_a_prediction_sees_the_action_before_it(policy: SequencePolicy, batch: Context) -> None:
    changed = policy(later(batch, "actions", 3))

    assert not torch.allclose(changed[:, 4], policy(batch)[:, 4], rtol=0, atol=1e-6)


def test_a_prediction_sees_its_own_state(policy: SequencePolicy, batch: Context) -> None:
    changed = policy(later(batch, "observations", 3))

    assert not torch.allclose(changed[:, 3], policy(batch)[:, 3], rtol=0, atol=1e-6)


def test_a_prediction_sees_the_return_asked_for_if_one_is(
    policy: SequencePolicy, batch: Context
) -> None:
    changed = policy(later(batch, "returns_to_go", 0))

    same = torch.allclose(changed[:, 0], policy(batch)[:, 0], rtol=0, atol=1e-6)
    assert same != policy.takes_target


def test_the_decision_is_the_last_prediction(policy: SequencePolicy, batch: Context) -> None:
    decided = policy.decide(policy.perceived(batch))

    torch.testing.assert_close(decided, policy(batch)[:, -1])


def test_steps_in_a_row_equal_forward(policy: SequencePolicy, batch: Context) -> None:
    torch.testing.assert_close(step_by_step(policy, batch), policy(batch))


@pytest.mark.parametrize("mode", ["window", "recurrent", "hopping"])
def test_what_is_played_is_what_training_predicts(
    policy: SequencePolicy, batch: Context, mode: Mode
) -> None:
    greedy = Sampling(0.0) if isinstance(policy.spaces.action, Discrete) else Sampling()
    agent = policy.agent(20.0 if policy.takes_target else None, mode, sampling=greedy)
    agent.reset(2)
    actions = []

    for step in range(4):
        actions.append(agent.act(shown_at(step, batch)))
        agent.observe(np.array([1.0, 1.0]))

    played = dataclasses.replace(
        batch.first(4),
        actions=torch.from_numpy(np.stack(actions, axis=1)),
        rewards=torch.ones(2, 4),
        arrived=batch.first(4).observations,
        returns_to_go=torch.tensor([[20.0, 19.0, 18.0, 17.0]]).repeat(2, 1),
    )
    predicted = policy(played)
    wanted = predicted.argmax(-1) if isinstance(policy.spaces.action, Discrete) else predicted
    torch.testing.assert_close(wanted, played.actions)


def test_chunks_in_a_row_have_the_tokens_of_the_whole(
    policy: SequencePolicy, batch: Context
) -> None:
    embed, scaling, steps = policy.tokens, policy.scaling, policy.perceived(batch)
    whole = embed.window(steps, scaling)

    four = steps.first(4)
    first = embed.window(four, scaling)
    rest = embed.window(steps.last(2), scaling, four.last(1), embed.after(four, None))

    torch.testing.assert_close(torch.cat([first, rest], dim=1), whole)


def test_gradients_reach_every_weight(policy: SequencePolicy, batch: Context) -> None:
    policy(batch).square().sum().backward()

    assert [name for name, weight in policy.named_parameters() if weight.grad is None] == []
