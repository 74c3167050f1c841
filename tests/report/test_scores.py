"""Episodes are gathered by what was asked of them."""

import pytest

from decision_mamba.report.scores import (
    last_scores,
    normalised_scale,
    scores_of,
    targets_of,
)
from tests.report.conftest import EVALUATIONS, played


def test_scores_come_by_update_and_high_targets_first() -> None:
    scores = scores_of(reversed(EVALUATIONS))

    asked = [(score.update, score.target) for score in scores]
    assert asked == [(10, 200.0), (10, 100.0), (20, 200.0), (20, 100.0)]


def test_a_score_sums_up_its_episodes() -> None:
    [score] = scores_of(played(20, 200.0, 180.0, 200.0))

    assert score.returns == (180.0, 200.0)
    assert score.mean == 190.0
    assert score.interval == pytest.approx(127.06)  # 12.706 * sqrt(200 / 2)
    assert score.mean_length == 10.5


def test_tasks_are_not_mixed() -> None:
    scores = scores_of([*played(1, 5.0, 1.0), *played(1, 5.0, 3.0, task="Hopper-v4")])

    assert [(score.task, score.mean) for score in scores] == [
        ("Hopper-v4", 3.0),
        ("Hopper-v5", 1.0),
    ]


def test_the_last_evaluation_is_the_one_of_the_highest_update() -> None:
    assert [score.mean for score in last_scores(scores_of(EVALUATIONS))] == [190.0, 101.0]
    assert last_scores(()) == ()


def test_targets_are_told_once_and_none_last() -> None:
    scores = scores_of([*EVALUATIONS, *played(30, None, 1.0)])

    assert targets_of(scores) == (200.0, 100.0, None)


def test_the_normalised_scale_runs_from_random_play_to_the_reference_expert() -> None:
    scale = normalised_scale("ALE/Pong-v5")

    assert scale is not None
    assert scale.of(-20.7) == pytest.approx(0.0)
    assert scale.of(14.6) == pytest.approx(100.0)


def test_rounded_references_have_a_scale_of_their_own() -> None:
    scale = normalised_scale("ALE/Pong-v5", "rounded")

    assert scale is not None
    assert scale.of(-21.0) == pytest.approx(0.0)
    assert scale.of(15.0) == pytest.approx(100.0)


def test_a_task_without_reference_has_no_normalised_scale() -> None:
    assert normalised_scale("CartPole-v1") is None
