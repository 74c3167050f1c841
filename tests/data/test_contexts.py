"""Contexts hold the episodes, labels and returns that their settings say."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy import ndarray

from decision_mamba.batch import Context
from decision_mamba.data.contexts import Contexting, Contexts
from decision_mamba.data.histories import Histories
from decision_mamba.data.store import Store
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput


def episode(first: float, *rewards: float) -> Episode:
    """Of which each step is seen at a place of its own, and action 1 is done at odd places."""
    seen = first + np.arange(len(rewards) + 1, dtype=np.float32)[:, None]
    return Episode(
        observations=seen[:-1],
        actions=seen[:-1, 0].astype(np.int64) % 2,
        rewards=np.array(rewards, np.float64),
        last_observation=seen[-1],
    )


@pytest.fixture
def store() -> Store:
    """Two histories of two episodes each, of 2, 3, 1 and 2 steps."""
    return Store.of([episode(10, 0, 1), episode(20, 1, 0, 3), episode(30, 0), episode(40, 5, 0)])


@pytest.fixture
def histories() -> Histories:
    return Histories(
        offsets=np.array([0, 2, 4]),
        instances=np.array([7, 5]),
        unseen=np.array([1]),
        optimal_actions=np.array([3, 3, 2, 2, 2, 1, 0, 0], np.int16),
        queries=np.ones((2, 1), np.float32),
        query_actions=np.array([0, 4]),
        collection={"task": "darkroom"},
    )


def gathered(
    store: Store, histories: Histories | None, rows: list[list[int]], **settings: Any
) -> Context:
    contexting = Contexting(**({"episodes": len(rows[0])} | settings))
    return Contexts(store, histories, contexting).gather(np.array(rows))


def test_by_default_a_row_is_what_algorithm_distillation_sees(
    store: Store, histories: Histories
) -> None:
    context = gathered(store, histories, [[0, 1], [2, 3]])

    # The second row ends with padding that repeats its last step.
    assert context.observations[..., 0].tolist() == [[10, 11, 20, 21, 22], [30, 40, 41, 41, 41]]
    assert context.arrived[..., 0].tolist() == [[10, 11, 12, 21, 22], [30, 31, 41, 41, 41]]
    assert context.timesteps.tolist() == [[0, 1, 0, 1, 2], [0, 0, 1, 1, 1]]
    assert context.mask.int().tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]
    assert context.actions.tolist() == [[0, 1, 0, 1, 0], [0, 0, 1, 0, 0]]
    assert context.rewards.tolist() == [[0, 1, 1, 0, 3], [0, 5, 0, 0, 0]]
    assert context.returns_to_go.tolist() == [[1, 1, 4, 3, 3], [0, 5, 0, 0, 0]]
    assert torch.equal(context.labels, context.actions)
    assert torch.equal(context.weights, context.mask.float())
    assert context.goals.shape == (2, 5, 0)


def test_types_are_those_a_policy_expects(store: Store, histories: Histories) -> None:
    context = gathered(store, histories, [[0, 1]], labels="optimal", goals="value", every=2)

    numbers = ("observations", "arrived", "returns_to_go", "rewards", "weights", "goals")
    assert {getattr(context, name).dtype for name in numbers} == {torch.float32}
    assert context.actions.dtype == context.labels.dtype == torch.int16
    assert context.timesteps.dtype == torch.int64
    assert context.mask.dtype == torch.bool


def test_optimal_actions_are_predicted_and_what_was_done_is_seen(
    store: Store, histories: Histories
) -> None:
    context = gathered(store, histories, [[0, 1], [2, 3]], labels="optimal")

    assert context.labels.tolist() == [[3, 3, 2, 2, 2], [1, 0, 0, 0, 0]]
    assert context.actions.tolist() == [[0, 1, 0, 1, 0], [0, 0, 1, 0, 0]]


def test_relabelled_returns_fall_by_what_is_earned(store: Store, histories: Histories) -> None:
    rows = [[0, 1], [3, 2]]
    best = gathered(store, histories, rows, returns="best")
    last = gathered(store, histories, rows, returns="last")
    target = gathered(store, histories, rows, returns="target", target=20.0)

    assert best.returns_to_go.tolist() == [[4, 4, 4, 3, 3], [5, 0, 5, 5, 5]]
    assert last.returns_to_go.tolist() == [[4, 4, 4, 3, 3], [0, -5, 0, 0, 0]]
    assert target.returns_to_go[0].tolist() == [20, 20, 20, 19, 19]


def test_the_last_episode_alone_may_be_learned_from(store: Store, histories: Histories) -> None:
    context = gathered(store, histories, [[0, 1], [2, 3]], learned="last")

    assert context.weights.tolist() == [[0, 0, 1, 1, 1], [0, 1, 1, 0, 0]]


def test_success_and_the_last_step_are_weighed(store: Store) -> None:
    context = gathered(store, None, [[0], [2]], success=0.75, last_step=0.5)

    # Three steps in all. The rewarded row has 2.25 of them, a half of it for its last step.
    assert context.weights.tolist() == [[0.5625, 1.6875], [0.75, 0.0]]


def test_goals_are_places_and_hold_through_a_chunk(store: Store, histories: Histories) -> None:
    context = gathered(store, histories, [[0, 1], [2, 3]], goals="value", every=2)

    # The second episode is worth most per step at its end: 4 / 3, and 3 from its third step on.
    assert context.goals[0, :, 0].tolist() == [12, 12, 23, 23, 23]
    assert context.goals[1, :, 0].tolist() == [31, 41, 41, 41, 41]


def test_published_goals_may_lie_in_the_episode_before(store: Store, histories: Histories) -> None:
    context = gathered(store, histories, [[1, 0]], goals="published", every=1)

    # The first in a row has none before it. That had 1 after its first step, more than the second
    # one's 0; and 4 after its third, more than 1, behind which it has no step.
    assert context.goals[0, :, 0].tolist() == [22, 22, 22, 21, 22]


def test_drawn_rows_are_of_one_history_in_the_order_asked_for(
    store: Store, histories: Histories
) -> None:
    contexting = Contexting(episodes=2, chosen="anywhere", order="return")

    rows = Contexts(store, histories, contexting).draw_episodes(50, np.random.default_rng(0))

    assert {tuple(row) for row in rows.tolist()} == {(0, 1), (2, 3)}


def test_a_draw_is_the_gather_of_its_episodes(store: Store, histories: Histories) -> None:
    contexts = Contexts(store, histories, Contexting(episodes=2))

    drawn = contexts.draw(8, np.random.default_rng(1))

    rows = contexts.draw_episodes(8, np.random.default_rng(1))
    assert torch.equal(drawn.observations, contexts.gather(rows).observations)
    assert drawn.mask.shape[1] <= contexts.longest == 2 * 3


def test_every_outcome_comes_equally_often(store: Store, histories: Histories) -> None:
    contexts = Contexts(store, histories, Contexting(episodes=1, balanced=True))

    rows = contexts.draw_episodes(4, np.random.default_rng(0))

    assert sorted(rows.ravel().tolist()) == [0, 1, 2, 3]


def test_without_histories_long_episodes_are_drawn_more_often(store: Store) -> None:
    contexts = Contexts(store, None, Contexting(episodes=2, chosen="anywhere"))

    rows = contexts.draw_episodes(4000, np.random.default_rng(0))

    # Of 2, 3, 1 and 2 steps; the standard deviation of a share is 0.005.
    shares = np.bincount(rows.ravel()) / rows.size
    np.testing.assert_allclose(shares, [0.25, 0.375, 0.125, 0.25], atol=0.03)


def test_without_histories_all_episodes_are_one(store: Store) -> None:
    contexts = Contexts(store, None, Contexting(episodes=3))

    rows = contexts.draw_episodes(50, np.random.default_rng(0))

    assert {tuple(row) for row in rows.tolist()} == {(0, 1, 2), (1, 2, 3)}


def test_a_batch_may_be_changed_without_touching_the_store(
    store: Store, histories: Histories
) -> None:
    contexts = Contexts(store, histories, Contexting(episodes=1, goals="value", every=1))

    for field in dataclasses.fields(Context):
        getattr(contexts.gather(np.array([[0]])), field.name).zero_()

    assert contexts.gather(np.array([[0]])).observations[0, :, 0].tolist() == [10, 11]
    assert contexts.gather(np.array([[0]])).returns_to_go[0].tolist() == [1, 1]
    assert contexts.gather(np.array([[0]])).goals[0, :, 0].tolist() == [12, 12]


def test_actions_may_be_numbers() -> None:
    one = Episode(
        np.zeros((2, 1), np.float32), np.array([[0.5], [0.25]]), np.ones(2),
        last_observation=np.ones(1),
    )  # fmt: skip

    context = gathered(Store.of([one]), None, [[0]])

    assert context.labels[..., 0].tolist() == [[0.5, 0.25]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"episodes": 3}, r"^contexts of 3 episodes do not fit into a history of 2; ask for fewer"),
        (
            {"episodes": 2, "goals": "value", "every": 4},
            r"^sub-goals are held for 4 steps, longer than every episode \(the longest of 4 has 3",
        ),
        ({"episodes": 0}, r"^episodes of a context is 0; give at least 1$"),
        ({"every": 0}, r"^every of a context is 0; give at least 1$"),
        ({"target": math.nan}, r"^target of a context is nan; give a finite return$"),
        ({"success": 1.5}, r"^success is a share and is 1.5; give 0 to 1$"),
        ({"last_step": -0.5}, r"^last_step is a share and is -0.5; give 0 to 1$"),
        ({"beginnings": 2.0}, r"^beginnings is a share and is 2.0; give 0 to 1$"),
        (
            {"beginnings": 0.5},
            r"^beginnings of histories are for episodes chosen anywhere, and these are chosen cons",
        ),
        (
            {"episodes": 1, "chosen": "anywhere", "beginnings": 0.5, "balanced": True},
            r"^balanced episodes are drawn by their outcome, not by their place in a history;",
        ),
        ({"episodes": 2, "balanced": True}, r"^contexts of 2 episodes have no outcome to balance"),
    ],
)
def test_what_cannot_be_made_is_refused(
    store: Store, histories: Histories, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        Contexts(store, histories, Contexting(**settings))


def test_optimal_labels_need_histories(store: Store) -> None:
    with pytest.raises(BadInput, match=r"^optimal actions are to be predicted, which these data"):
        Contexts(store, None, Contexting(episodes=1, labels="optimal"))


def test_beginnings_need_histories(store: Store) -> None:
    cut = Contexting(episodes=1, chosen="anywhere", beginnings=0.5)

    with pytest.raises(BadInput, match=r"^contexts shall know beginnings of histories, and these"):
        Contexts(store, None, cut)


def test_more_episodes_than_there_are_cannot_be_drawn_by_length(store: Store) -> None:
    with pytest.raises(BadInput, match=r"^contexts of 5 episodes do not fit into a history of 4;"):
        Contexts(store, None, Contexting(episodes=5, chosen="anywhere"))


def test_histories_of_other_data_are_refused(store: Store, histories: Histories) -> None:
    longer = dataclasses.replace(histories, offsets=np.array([0, 2, 5]))

    with pytest.raises(BadInput, match=r"^these histories are of 5 episodes and the data of 4;"):
        Contexts(store, longer, Contexting(episodes=1))


def test_frames_are_refused() -> None:
    frames: ndarray = np.zeros((2, 8, 8), np.uint8)
    store = Store.of([Episode(frames, np.zeros(2, np.int64), np.ones(2))])

    with pytest.raises(BadInput, match=r"^contexts hold observations of numbers; these are frames"):
        Contexts(store, None, Contexting(episodes=1))
