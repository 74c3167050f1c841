"""A score is shifted and stretched, a spread only stretched."""

import pytest

from decision_mamba.envs import Reference, reference
from decision_mamba.evaluation.scores import normalised, normalised_spread, scale_name

PONG = Reference(random=-20.7, expert=14.6)  # Ota 2024, table 7


@pytest.mark.parametrize(
    ("total_reward", "score"),
    [(3234.3, 100.0), (-20.272305, 0.0), (3600.0, 111.236), (1607.0, 50.0)],
)
def test_hopper_is_scored_between_random_play_and_the_expert(
    total_reward: float, score: float
) -> None:
    assert normalised(total_reward, reference("Hopper-v4")) == pytest.approx(score, abs=1e-3)


def test_a_spread_is_not_shifted() -> None:
    # The published 102.1 is (15.3 + 20.7) / 35.3.
    assert normalised(1.6, PONG) == pytest.approx(63.2, abs=0.05)
    assert normalised_spread(15.3, PONG) == pytest.approx(43.3, abs=0.05)


def test_no_spread_stays_none() -> None:
    assert normalised_spread(0.0, PONG) == 0.0
    assert normalised_spread(None, PONG) is None


def test_a_task_without_reference_has_no_score() -> None:
    assert normalised(100.0, None) is None
    assert normalised_spread(10.0, None) is None


def test_a_scale_goes_by_the_name_of_its_field() -> None:
    assert scale_name("Hopper-v4") == "D4RL-normalised"
    assert scale_name("ALE/Pong-v5") == scale_name("PongNoFrameskip-v4") == "gamer-normalised"
