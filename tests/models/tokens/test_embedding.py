"""Tokens stand in the order of their layout, and hold what is known there and no more."""

import dataclasses

import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.models.policy import Model
from decision_mamba.models.scaling import Scaling
from decision_mamba.models.tokens import Embedding, Layout, TokenEmbedding, arrangement
from decision_mamba.models.tokens.choice_embedding import ChoiceEmbedding
from tests.conftest import CHOICES, IMAGES, SPACES, random_batch, small_policy

BATCH = Batch(
    observations=torch.zeros(1, 2, 3),
    actions=torch.tensor([[[0.3, 0.0], [0.7, 0.0]]]),
    returns_to_go=torch.tensor([[3000.0, 2000.0]]),
    timesteps=torch.tensor([[0, 1]]),
    mask=torch.ones(1, 2, dtype=torch.bool),
)
EARLIER = Batch(
    observations=torch.zeros(1, 1, 3),
    actions=torch.tensor([[[0.9, 0.0]]]),
    returns_to_go=torch.tensor([[9000.0]]),
    timesteps=torch.tensor([[7]]),
    mask=torch.ones(1, 1, dtype=torch.bool),
)
R, S, A = 0, 1, 2


def embedding(layout: Layout, *, action_tokens: bool = True, timesteps: int = 0) -> TokenEmbedding:
    """Each kind has a column that holds 1, and behind it one that holds its first number."""
    made = TokenEmbedding(
        6,
        SPACES,
        arrangement(layout, action_tokens=action_tokens),
        Embedding(timesteps=timesteps, norm=False),
    )
    parts = (made.embed_return, made.embed_state, made.embed_action)
    with torch.no_grad():
        for kind, part in enumerate(parts):
            if isinstance(part, torch.nn.Linear):
                part.weight.zero_()
                part.weight[3 + kind, 0] = 1.0
                part.bias.copy_(torch.eye(6)[kind])
        if isinstance(made.project, torch.nn.Linear):  # side by side: look at each third
            made.project.weight.copy_(
                torch.eye(6).repeat(1, 3) * torch.arange(1, 4).repeat_interleave(6)
            )
    return made


def scaling() -> Scaling:
    return small_policy(Model(width=4, blocks=1)).scaling


def kinds(tokens: torch.Tensor) -> list[int]:
    return [int(kind) for kind in tokens[0, :, :3].argmax(dim=-1)]


@pytest.mark.parametrize(
    ("layout", "order"),
    [
        ("return-state-action", [R, S, A, R, S, A]),
        ("return-action-state", [R, A, S, R, A, S]),
        ("return-once", [R, A, S, A, S]),
        ("action-return-state", [A, R, S, A, R, S]),
        ("state-action", [S, A, S, A]),
    ],
)
def test_the_order_is_the_layouts(layout: Layout, order: list[int]) -> None:
    tokens = embedding(layout).window(BATCH, scaling())

    assert kinds(tokens) == order


def test_joined_parts_stand_side_by_side_in_order() -> None:
    tokens = embedding("concatenated").window(BATCH, scaling())

    assert tokens[0, :, :3].tolist() == [[1.0, 3.0, 2.0]] * 2
    torch.testing.assert_close(tokens[0, :, 5], torch.tensor([0.0, 0.6]))


@pytest.mark.parametrize(
    ("layout", "order"),
    [
        ("return-state-action", [R, S]),
        ("return-action-state", [R, A, S]),
        ("return-once", [R, A, S]),
        ("action-return-state", [A, R, S]),
        ("state-action", [S]),
    ],
)
def test_an_episodes_first_step_begins_its_sequence(layout: Layout, order: list[int]) -> None:
    tokens = embedding(layout).step(BATCH.first(1), None, scaling())

    assert kinds(tokens) == order


@pytest.mark.parametrize(
    ("layout", "order"),
    [
        ("return-state-action", [A, R, S]),
        ("return-action-state", [R, A, S]),
        ("return-once", [A, S]),
        ("action-return-state", [A, R, S]),
        ("state-action", [A, S]),
    ],
)
def test_a_later_step_brings_what_was_not_known_before(layout: Layout, order: list[int]) -> None:
    tokens = embedding(layout).step(BATCH.last(1), BATCH.first(1), scaling())

    assert kinds(tokens) == order
    torch.testing.assert_close(tokens[0, order.index(A), 3 + A], torch.tensor(0.3))


def test_the_action_before_a_window_is_zero_unless_it_is_given() -> None:
    layout = embedding("return-action-state")

    alone = layout.window(BATCH, scaling())
    after = layout.window(BATCH, scaling(), EARLIER)

    torch.testing.assert_close(alone[0, 1::3, 3 + A], torch.tensor([0.0, 0.3]))
    torch.testing.assert_close(after[0, 1::3, 3 + A], torch.tensor([0.9, 0.3]))


def test_zero_is_the_middle_between_an_actions_bounds() -> None:
    uneven = scaling()
    uneven.action_centre = torch.tensor([5.0, 0.0])

    tokens = embedding("return-action-state").window(BATCH.first(1), uneven)

    assert tokens[0, 1, 3 + A] == 0.0


def test_a_return_that_is_told_once_is_the_first_steps() -> None:
    layout = embedding("return-once")

    assert layout.window(BATCH, scaling())[0, 0, 3 + R] == 3.0
    assert kinds(layout.window(BATCH, scaling(), EARLIER, past=())) == [A, S, A, S]


def test_all_tokens_of_a_step_have_its_time_and_the_opening_that_of_the_first() -> None:
    layout = embedding("return-once", timesteps=3)
    assert layout.embed_timestep is not None
    with torch.no_grad():
        layout.embed_timestep.weight.copy_(torch.eye(6)[:3] * 0 + torch.arange(3.0)[:, None])

    tokens = layout.window(BATCH, scaling(), EARLIER)

    assert tokens[0, :, R].tolist() == [1.0, 0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("layout", "action_tokens", "states"),
    [
        ("return-state-action", True, [1, 4]),
        ("return-state-action", False, [1, 3]),
        ("return-action-state", True, [2, 5]),
        ("return-action-state", False, [1, 3]),
        ("concatenated", True, [0, 1]),
        ("return-once", True, [2, 4]),
        ("action-return-state", True, [2, 5]),
        ("state-action", True, [0, 2]),
        ("state-action", False, [0, 1]),
        ("return-once", False, [1, 2]),
    ],
)
def test_states_are_picked_out(layout: Layout, action_tokens: bool, states: list[int]) -> None:
    tokens = embedding(layout, action_tokens=action_tokens)
    length = tokens.window(BATCH, scaling()).shape[1]

    assert list(range(length))[tokens.of_states(length, 2)] == states
    assert tokens.known_at_last_step(length) == states[-1] + 1


def test_states_of_a_sequence_that_goes_on_are_picked_out() -> None:
    tokens = embedding("return-once")

    assert list(range(4))[tokens.of_states(4, 2)] == [1, 3]


def test_embeddings_may_be_of_another_width_than_tokens() -> None:
    layout = arrangement("return-action-state", action_tokens=True)

    tokens = TokenEmbedding(4, SPACES, layout, Embedding(size=10))

    assert tokens.get_parameter("embed_state.weight").shape == (10, 3)
    assert tokens.window(BATCH, scaling()).shape == (1, 6, 4)
    assert isinstance(tokens.project, torch.nn.Linear)
    assert not tokens.project.bias.any()


def test_without_a_width_of_their_own_there_is_no_map() -> None:
    layout = arrangement("return-action-state", action_tokens=True)

    assert TokenEmbedding(4, SPACES, layout).project is None


def test_a_norm_is_of_each_part() -> None:
    layout = arrangement("concatenated", action_tokens=True)
    tokens = TokenEmbedding(18, SPACES, layout, Embedding(size=6))
    assert isinstance(tokens.project, torch.nn.Linear)
    with torch.no_grad():
        tokens.project.weight.copy_(torch.eye(18))

    parts = tokens.window(BATCH, scaling()).reshape(1, 2, 3, 6)

    torch.testing.assert_close(parts.mean(dim=-1), torch.zeros(1, 2, 3), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("layout", "width"), [("concatenated", 30), ("return-action-state", 10)])
def test_a_projection_of_two_layers_bends_between_them(layout: Layout, width: int) -> None:
    order = arrangement(layout, action_tokens=True)
    tokens = TokenEmbedding(
        4, SPACES, order, Embedding(size=10, projection="two-layer", norm=False)
    )
    plain = TokenEmbedding(width, SPACES, order, Embedding(size=10, norm=False))
    plain.load_state_dict(
        {k: v for k, v in tokens.state_dict().items() if k.startswith("embed_")}, strict=False
    )
    if isinstance(plain.project, torch.nn.Linear):
        torch.nn.init.eye_(plain.project.weight)
    parts = plain.window(BATCH, scaling())
    assert isinstance(tokens.project, torch.nn.Sequential)
    first, bend, second = tokens.project

    found = tokens.window(BATCH, scaling())

    assert isinstance(bend, torch.nn.GELU)
    torch.testing.assert_close(found, second(torch.nn.functional.gelu(first(parts))))


def test_two_layers_stand_above_embeddings_of_the_tokens_width_too() -> None:
    order = arrangement("return-action-state", action_tokens=True)

    tokens = TokenEmbedding(4, SPACES, order, Embedding(projection="two-layer"))

    assert tokens.window(BATCH, scaling()).shape == (1, 6, 4)
    assert isinstance(tokens.project, torch.nn.Sequential)
    assert sum(weight.numel() for weight in tokens.project.parameters()) == 2 * (4 * 4 + 4)


def test_embeddings_may_be_bent_before_their_time_is_added() -> None:
    order = arrangement("return-action-state", action_tokens=True)
    plain = TokenEmbedding(6, SPACES, order, Embedding(timesteps=2, norm=False))
    bent = TokenEmbedding(6, SPACES, order, Embedding(bend="tanh", timesteps=2, norm=False))
    bent.load_state_dict(plain.state_dict())
    assert plain.embed_timestep is not None
    times = plain.embed_timestep(torch.tensor([[0, 0, 0, 1, 1, 1]]))

    tokens = bent.window(BATCH, scaling())

    expected = (plain.window(BATCH, scaling()) - times).tanh() + times
    torch.testing.assert_close(tokens, expected)


def test_the_choice_before_a_window_is_none_unless_it_is_given() -> None:
    order = arrangement("return-action-state", action_tokens=True)
    layout = TokenEmbedding(6, CHOICES, order, Embedding(norm=False, bend="tanh"))
    assert isinstance(layout.embed_action, ChoiceEmbedding)
    of_choices = small_policy(Model(width=4, blocks=1), spaces=CHOICES).scaling
    chosen = dataclasses.replace(BATCH, actions=torch.tensor([[3, 1]]))
    earlier = dataclasses.replace(EARLIER, actions=torch.tensor([[2]]))

    alone = layout.window(chosen, of_choices)
    after = layout.window(chosen, of_choices, earlier)

    assert alone[0, 1].tolist() == [0.0] * 6
    torch.testing.assert_close(after[0, 1], layout.embed_action.weight[2].tanh())
    torch.testing.assert_close(alone[0, 4], layout.embed_action.weight[3].tanh())


def test_without_returns_nothing_embeds_them() -> None:
    order = arrangement("state-action", action_tokens=True)

    assert TokenEmbedding(4, SPACES, order).embed_return is None


def test_images_are_bent_once_when_they_are_seen() -> None:
    order = arrangement("state-action", action_tokens=True)
    layout = TokenEmbedding(6, IMAGES, order, Embedding(norm=False, bend="tanh"))
    of_images = small_policy(Model(width=4, blocks=1), spaces=IMAGES).scaling
    raw = random_batch(2, spaces=IMAGES)
    encoded = layout.embed_state(raw.observations / 255)

    seen = layout.seen(raw.observations, of_images)
    tokens = layout.window(dataclasses.replace(raw, observations=seen), of_images)

    torch.testing.assert_close(seen, encoded.tanh())
    torch.testing.assert_close(tokens[:, ::2], encoded.tanh())


def test_rows_of_places_are_added_to_what_is_bent() -> None:
    order = arrangement("state-action", action_tokens=True)
    settings = Embedding(bend="tanh", norm=False, positions="token", window=2, timesteps=5)
    placed = TokenEmbedding(6, SPACES, order, settings)
    plain = TokenEmbedding(6, SPACES, order, Embedding(bend="tanh", norm=False))
    plain.load_state_dict(placed.state_dict(), strict=False)
    assert placed.positions is not None
    torch.nn.init.normal_(placed.positions.pos_emb)

    tokens = placed.window(BATCH, scaling())

    expected = plain.window(BATCH, scaling()) + placed.positions.pos_emb[:4]
    torch.testing.assert_close(tokens, expected)
