"""Only real steps count."""

import math

import pytest
import torch

from decision_mamba.batch import Context
from decision_mamba.models.policy import Model
from decision_mamba.training.objective import counted, cross_entropy, error, mean_squared_error
from tests.conftest import CHOICES, random_batch, small_policy


def test_it_is_the_mean_over_real_actions() -> None:
    predicted = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [9.0, 9.0]]])
    done = torch.tensor([[[0.0, 2.0], [3.0, 1.0], [0.0, 0.0]]])
    mask = torch.tensor([[True, True, False]])

    loss = mean_squared_error(predicted, done, mask, torch.tensor([1.0, 1.0]))

    assert loss.item() == (1 + 0 + 0 + 9) / 4


def test_errors_are_measured_by_the_range_of_the_action() -> None:
    predicted, done = torch.tensor([[[4.0, 0.5]]]), torch.tensor([[[0.0, 0.0]]])
    mask = torch.tensor([[True]])

    loss = mean_squared_error(predicted, done, mask, torch.tensor([4.0, 0.5]))

    assert loss.item() == 1.0


def test_parts_of_the_steps_add_up_to_the_mean_over_all() -> None:
    predicted, done = torch.tensor([[[3.0], [1.0], [5.0]]]), torch.zeros(1, 3, 1)
    mask, half_range = torch.tensor([[True, True, False]]), torch.tensor([1.0])

    parts = [
        mean_squared_error(
            predicted[:, t : t + 1], done[:, t : t + 1], mask[:, t : t + 1], half_range,
            among=torch.tensor(2),
        ).item()
        for t in range(3)
    ]  # fmt: skip

    assert parts == [4.5, 0.5, 0.0]


# Chances 1/4, 3/4 of two actions.
LOGITS = torch.tensor([[[0.0, math.log(3.0)], [0.0, math.log(3.0)], [50.0, -50.0]]])
DONE = torch.tensor([[0, 1, 1]], dtype=torch.int16)


def test_of_choices_it_is_the_mean_surprise_over_real_steps() -> None:
    loss = cross_entropy(LOGITS, DONE, torch.tensor([[True, True, False]]))

    assert loss.item() == pytest.approx((math.log(4) + math.log(4 / 3)) / 2)


def test_parts_of_choices_add_up_to_the_mean_over_all() -> None:
    mask = torch.tensor([[True, True, False]])
    steps = [slice(t, t + 1) for t in range(3)]

    parts = [
        cross_entropy(LOGITS[:, t], DONE[:, t], mask[:, t], among=torch.tensor(2)).item()
        for t in steps
    ]

    assert parts == pytest.approx([math.log(4) / 2, math.log(4 / 3) / 2, 0.0])


def test_where_no_step_is_real_there_is_nothing_to_learn() -> None:
    predicted = torch.ones(1, 2, 1, requires_grad=True)
    nothing = torch.zeros(1, 2, dtype=torch.bool)

    loss = mean_squared_error(predicted, torch.zeros(1, 2, 1), nothing, torch.tensor([1.0]))
    loss.backward()  # type: ignore[no-untyped-call]

    assert loss.item() == 0.0
    assert predicted.grad is not None
    assert predicted.grad.tolist() == [[[0.0], [0.0]]]


def test_weighted_steps_count_by_their_weights() -> None:
    predicted, done = torch.tensor([[[1.0], [3.0], [9.0]]]), torch.zeros(1, 3, 1)
    mask, weights = torch.tensor([[True, True, False]]), torch.tensor([[3.0, 1.0, 0.0]])

    loss = mean_squared_error(predicted, done, mask, torch.tensor([1.0]), weights=weights)
    surprise = cross_entropy(LOGITS, DONE, mask, weights=weights)

    assert loss.item() == (3 * 1 + 1 * 9) / 4
    assert surprise.item() == pytest.approx((3 * math.log(4) + math.log(4 / 3)) / 4)


def test_only_how_weights_compare_matters() -> None:
    mask, weights = torch.tensor([[True, True, False]]), torch.tensor([[3.0, 1.0, 0.0]])

    small = cross_entropy(LOGITS, DONE, mask, weights=weights / 64)

    assert small.item() == cross_entropy(LOGITS, DONE, mask, weights=weights).item()


def test_where_nothing_weighs_there_is_nothing_to_learn() -> None:
    mask = torch.tensor([[True, True, False]])

    assert cross_entropy(LOGITS, DONE, mask, weights=torch.zeros(1, 3)).item() == 0.0


def test_of_a_context_labels_are_learned_by_their_weights() -> None:
    policy = small_policy(Model(width=8, blocks=1), spaces=CHOICES)
    batch = random_batch(3, spaces=CHOICES)
    labels = (batch.actions + 1) % 4
    weights = torch.tensor([[0.0, 2.0, 1.0], [1.0, 0.0, 0.0]])
    context = Context(
        **vars(batch), rewards=torch.zeros(2, 3), arrived=batch.observations, labels=labels,
        weights=weights, goals=torch.zeros(2, 3, 0),
    )  # fmt: skip
    logits = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))

    loss = error(policy, logits, context)

    surprises = [
        w * -logits[i, t].log_softmax(0)[labels[i, t]]
        for i, t, w in [(0, 1, 2.0), (0, 2, 1.0), (1, 0, 1.0)]
    ]
    torch.testing.assert_close(loss, torch.stack(surprises).sum() / 4)
    assert counted(context).item() == 4.0
    assert counted(batch).item() == 6


def test_parts_of_a_context_add_up_to_the_mean_over_all() -> None:
    policy = small_policy(Model(width=8, blocks=1), spaces=CHOICES)
    batch = random_batch(3, spaces=CHOICES)
    context = Context(
        **vars(batch), rewards=torch.zeros(2, 3), arrived=batch.observations, labels=batch.actions,
        weights=torch.tensor([[0.0, 2.0, 1.0], [1.0, 0.0, 0.5]]), goals=torch.zeros(2, 3, 0),
    )  # fmt: skip
    logits = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    among = counted(context)

    parts = [
        error(policy, logits[:, t : t + 1], piece, among=among)
        for t, piece in enumerate(context.chunks(1))
    ]

    torch.testing.assert_close(torch.stack(parts).sum(), error(policy, logits, context))
