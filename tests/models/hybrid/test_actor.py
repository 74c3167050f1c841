"""The actor sees its sub-goal and the steps of its chunk up to the present state."""

import dataclasses

import pytest
import torch

from decision_mamba.mixers import Attention
from decision_mamba.models.hybrid.actor import Actor, ActorTokens, Known, Playing
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import ActionSpace, Continuous, Discrete

SETTINGS = Playing(
    Attention(dropout=0.0),
    width=16,
    blocks=2,
    tokens="separate",
    activation="relu",
    dropout=0.0,
    embedding_dropout=0.0,
    times=9,
    table_deviation=1.0,
)


@pytest.fixture(params=[Continuous((-1.0,), (1.0,)), Discrete(3)], ids=["numbers", "choices"])
def action(request: pytest.FixtureRequest) -> ActionSpace:
    chosen: ActionSpace = request.param
    return chosen


@pytest.fixture
def steps(action: ActionSpace) -> Known:
    generator = torch.Generator().manual_seed(0)
    done = torch.randn(2, 5, 1, generator=generator)
    return Known(
        states=torch.randn(2, 5, 3, generator=generator),
        actions=done if isinstance(action, Continuous) else (done[..., 0] > 0).long(),
        rewards=torch.randn(2, 5, generator=generator),
        times=torch.tensor([[0, 1, 2, 3, 4], [4, 5, 6, 7, 8]]),
    )


@pytest.fixture
def z() -> torch.Tensor:
    return torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(1))


def actor(action: ActionSpace, tokens: ActorTokens) -> Actor:
    with Seeds(0).weights():
        return Actor(3, 4, action, dataclasses.replace(SETTINGS, tokens=tokens)).eval()


@pytest.mark.parametrize("tokens", ["separate", "joint"])
def test_step_after_step_equals_the_chunk(
    action: ActionSpace, tokens: ActorTokens, steps: Known, z: torch.Tensor
) -> None:
    plays = actor(action, tokens)
    each = [Known(*(part[:, k : k + 1] for part in steps)) for k in range(5)]

    decided, state = plays.begin(z[:, :1], each[0])
    all_decided = [decided]
    for k in range(1, 5):
        decided, state = plays.extend(z[:, k : k + 1], each[k], each[k - 1], state)
        all_decided.append(decided)

    torch.testing.assert_close(torch.stack(all_decided, dim=1), plays(z, steps))


@pytest.mark.parametrize("tokens", ["separate", "joint"])
@pytest.mark.parametrize(
    ("field", "first_changed"), [("states", 2), ("times", 2), ("actions", 3), ("rewards", 3)]
)
def test_states_are_seen_at_once_and_what_was_done_and_earned_one_step_later(
    action: ActionSpace, tokens: ActorTokens, steps: Known, z: torch.Tensor, field: str,
    first_changed: int,
) -> None:  # fmt: skip
    plays = actor(action, tokens)
    changed = getattr(steps, field).clone()
    changed[:, 2] += 1

    moved = (plays(z, steps._replace(**{field: changed})) - plays(z, steps)).abs().amax(dim=(0, 2))

    assert (moved > 1e-6).int().argmax() == first_changed
    assert bool((moved[:first_changed] < 1e-6).all())


@pytest.mark.parametrize("tokens", ["separate", "joint"])
def test_every_step_is_played_towards_its_own_sub_goal(
    action: ActionSpace, tokens: ActorTokens, steps: Known, z: torch.Tensor
) -> None:
    plays = actor(action, tokens)
    other = z.clone()
    other[:, 3] += 1.0

    moved = (plays(other, steps) - plays(z, steps)).abs().amax(dim=(0, 2))

    assert (moved > 1e-6).tolist() == [False, False, False, True, True]
