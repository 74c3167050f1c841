"""What an evaluation tells: raw and normalised, with spreads that are stretched alone."""

import io

import pytest
from rich.console import Console

from decision_mamba.cli.evaluate_scores import as_json, as_table
from decision_mamba.envs.preprocessing import Preprocessing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.result import Played


def scored(task: str, *returns: float) -> list[Played]:
    return [
        Played(0, task, "window", 90.0, 0, number, total_reward, 100)
        for number, total_reward in enumerate(returns)
    ]


def printed(settings: Evaluation, played: list[Played]) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(as_table(settings, played))
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def test_a_game_is_scored_beside_its_return_with_both_intervals() -> None:
    settings = Evaluation(task="ALE/Breakout-v5")

    said = printed(settings, scored("ALE/Breakout-v5", 70.6, 42.4, 56.5))

    # t(2) = 4.303; 14.1 / sqrt(3) * 4.303 = 35.0; by 30.5 - 1.7 = 28.8, in hundredths.
    assert "gamer-normalised" in said
    assert "56.5 ± 35.0" in said
    assert "190.3 ± 121.6" in said
    assert "exact references: 0 is random play's 1.7, 100 is a human tester's 30.5" in said


def test_rounded_references_give_another_score_and_are_named() -> None:
    settings = Evaluation(task="ALE/Breakout-v5", references="rounded")

    said = printed(settings, scored("ALE/Breakout-v5", 70.6))

    assert "245.0" in said
    assert "±" not in said
    assert "rounded references: 0 is random play's 2, 100 is a human tester's 30" in said


def test_robots_are_scored_by_their_expert() -> None:
    said = printed(Evaluation(task="Hopper-v4"), scored("Hopper-v4", 3600.0, 3600.0))

    assert "D4RL-normalised" in said
    assert "111.2 ± 0.0" in said
    assert "0 is random play's -20.2723, 100 is the expert's 3,234.3" in said


def test_a_task_without_references_has_a_return_alone() -> None:
    said = printed(Evaluation(task="CartPole-v1"), scored("CartPole-v1", 10.0, 10.0))

    assert "10.0 ± 0.0 │" in said
    assert "references" not in said


def test_standard_deviations_are_stretched_and_not_shifted() -> None:
    settings = Evaluation(task="ALE/Pong-v5")
    played = scored("ALE/Pong-v5", 1.0, 3.0, -5.0, 7.0)

    told = as_json("policy", settings, 0, played)

    [one] = told["targets"]
    assert one["returns"] == [1.0, 3.0, -5.0, 7.0]
    assert one["standard_deviation"] == pytest.approx(5.0)
    assert one["normalised_standard_deviation"] == pytest.approx(5.0 / 0.353)
    assert one["normalised"] == pytest.approx((1.5 + 20.7) / 0.353)
    assert one["normalised_interval"] == pytest.approx(one["interval"] / 0.353)
    assert (told["references"], told["reference"]) == ("exact", {"random": -20.7, "expert": 14.6})
    assert told["preprocessing"]["frame_skip"] == 4


def test_a_game_that_was_played_otherwise_is_told_as_such() -> None:
    screen = Preprocessing(repeat_action_probability=0.5, life_loss_ends=True)
    settings = Evaluation(task="ALE/Pong-v5", preprocessing=screen)

    said = printed(settings, scored("ALE/Pong-v5", 1.0))

    assert "actions repeated with a chance of 0.5, an episode ends with a life, mean" in said
    assert "chance" not in printed(Evaluation(task="ALE/Pong-v5"), scored("ALE/Pong-v5", 1.0))


@pytest.mark.parametrize(("task", "chance"), [("ALE/Pong-v5", 0.25), ("PongNoFrameskip-v4", 0.0)])
def test_the_file_tells_the_chance_that_was_in_force(task: str, chance: float) -> None:
    told = as_json("policy", Evaluation(task=task), 0, scored(task, 1.0))

    assert told["preprocessing"]["repeat_action_probability"] == chance


def test_one_episode_has_no_deviation() -> None:
    told = as_json("policy", Evaluation(task="Hopper-v4"), 0, scored("Hopper-v4", 3.0))

    assert told["targets"][0]["interval"] is None
    assert told["targets"][0]["normalised_interval"] is None
    assert told["targets"][0]["standard_deviation"] is None
    assert told["targets"][0]["normalised_standard_deviation"] is None
    assert told["preprocessing"] is None
