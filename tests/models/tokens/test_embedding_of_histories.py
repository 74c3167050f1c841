"""What was done and earned one step before is told, though an episode ended with it."""

import numpy as np
import torch

from decision_mamba.batch import Context
from decision_mamba.models.scaling import Scaling
from decision_mamba.models.tokens import Embedding, Layout, TokenEmbedding, arrangement
from decision_mamba.moments import Moments
from decision_mamba.spaces import Discrete, Spaces, Vector

# Two episodes of two steps, 0.5 and 2 earned in the first, which ended at a place of its own.
CONTEXT = Context(
    observations=torch.tensor([[[0.0], [1.0], [2.0], [1.0]]]),
    actions=torch.tensor([[3, 1, 2, 0]]),
    returns_to_go=torch.tensor([[40.0, 39.5, 40.0, 40.0]]),
    timesteps=torch.tensor([[0, 1, 0, 1]]),
    mask=torch.ones(1, 4, dtype=torch.bool),
    rewards=torch.tensor([[0.5, 2.0, 0.0, 1.0]]),
    arrived=torch.tensor([[[0.0], [1.0], [0.0], [1.0]]]),
    labels=torch.zeros(1, 4, dtype=torch.int64),
    weights=torch.ones(1, 4),
    goals=torch.zeros(1, 4, 0),
)
ROOM = Spaces(Vector(1), Discrete(4))
ROOM_SCALING = Scaling(
    Moments(np.zeros(1, np.float32), np.ones(1, np.float32)), ROOM, 10.0, reward_scale=0.5, levels=3
)
ROOM_SIZE = 5


def parts(layout: Layout, steps: Context, before: Context | None = None) -> torch.Tensor:
    """The first number of each part of a room's context, which says what it is told of."""
    made = TokenEmbedding(
        1, ROOM, arrangement(layout, action_tokens=True),
        Embedding(size=ROOM_SIZE, norm=False, levels=3),
    )  # fmt: skip
    for linear in (made.embed_return, made.embed_reward, made.embed_begins):
        if linear is not None:
            torch.nn.init.ones_(linear.weight)
            torch.nn.init.zeros_(linear.bias)
    made.project = None
    with torch.no_grad():
        made.get_parameter("embed_state.weight").copy_(torch.arange(3.0).repeat(ROOM_SIZE, 1) * 100)
        made.get_parameter("embed_state.bias").zero_()
        made.get_parameter("embed_action.weight").copy_(
            torch.arange(1.0, 5.0)[:, None].repeat(1, ROOM_SIZE)
        )
    return made.window(steps, ROOM_SCALING, before)[0, :, 0]


def test_a_history_tells_what_came_before_even_where_an_episode_ended_with_it() -> None:
    told = parts("history", CONTEXT).view(4, 5)

    # Arrived at, action before (one more than its number, 0 for none), reward before, begins, seen.
    assert told.tolist() == [
        [0.0, 0.0, 0.0, 1.0, 0.0],
        [100.0, 4.0, 1.0, 0.0, 100.0],
        [0.0, 2.0, 4.0, 1.0, 200.0],
        [100.0, 3.0, 0.0, 0.0, 100.0],
    ]


def test_a_history_goes_on_from_the_step_before_it() -> None:
    told = parts("history-with-return", CONTEXT.last(2), CONTEXT.first(2).last(1)).view(2, 6)

    assert told.tolist() == [
        [4.0, 0.0, 2.0, 4.0, 1.0, 200.0],
        [4.0, 100.0, 3.0, 0.0, 0.0, 100.0],
    ]


def test_rewards_may_stand_behind_what_earned_them() -> None:
    told = parts("return-state-action-reward", CONTEXT).view(4, 4)

    torch.testing.assert_close(
        told,
        torch.tensor([[4.0, 0, 4, 1], [3.95, 100, 2, 4], [4.0, 200, 3, 0], [4.0, 100, 1, 2]]),
    )


def test_each_whole_number_has_a_row_of_its_own() -> None:
    order = arrangement("state-action-reward", action_tokens=True)

    made = TokenEmbedding(6, ROOM, order, Embedding(levels=3))

    assert made.get_parameter("embed_state.weight").shape == (6, 3)
