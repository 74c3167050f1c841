"""What was played comes back from its file as it was."""

import json

import pytest

from decision_mamba.analysis.acting import ActingCost
from decision_mamba.envs.mean_optimum import mean_optimum
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.sitting import Sitting
from decision_mamba.result import Played

COST = ActingCost(decisions=80, seconds=2.0, copies=2, state_bytes=10, peak_bytes=30)


def episode(task: str, copy: int, number: int, earned: float, instance: int | None) -> Played:
    return Played(
        update=0, task=task, mode="recurrent", target=None, seed=3, episode=copy,
        total_reward=earned, length=20, number=number, instance=instance,
    )  # fmt: skip


def sitting(task: str, instances: tuple[int | None, int | None]) -> Sitting:
    settings = Evaluation(task=task, mode="recurrent", episodes=2, consecutive=2, temperature=0.5)
    first, second = instances
    played = (
        episode(task, 0, 1, 1.0, first),
        episode(task, 0, 2, 3.0, first),
        episode(task, 1, 1, 5.0, second),
        episode(task, 1, 2, 4.0, second),
    )
    return Sitting(settings, 3, played, COST)


@pytest.mark.parametrize(
    ("task", "instances"), [("darkroom", (17, 40)), ("CartPole-v1", (None, None))]
)
def test_a_sitting_is_read_as_it_was_written(
    task: str, instances: tuple[int | None, int | None]
) -> None:
    played = sitting(task, instances)

    kept = json.loads(json.dumps(played.to_dict()))

    assert Sitting.of_dict(played.settings, kept) == played


@pytest.mark.parametrize("column", ["tasks", "lengths", "instances"])
def test_a_copy_that_is_missing_in_one_column_is_no_sitting(column: str) -> None:
    kept = sitting("darkroom", (17, 40)).to_dict()

    with pytest.raises(ValueError, match="zip"):
        Sitting.of_dict(Evaluation(task="darkroom"), {**kept, column: kept[column][:1]})


def test_episodes_are_listed_by_copy_whichever_ended_first() -> None:
    played = sitting("darkroom", (17, 40))
    mixed = Sitting(played.settings, 3, played.played[::-1], COST)

    kept = mixed.to_dict()

    assert kept["tasks"] == [[1.0, 3.0], [5.0, 4.0]]
    assert kept["instances"] == [17, 40]
    assert [one["mean"] for one in kept["by_episode"]] == [3.0, 3.5]
    assert [(one["rule"], one["mean"]) for one in kept["readings"]] == [
        ("last-episode", 3.5), ("best-episode", 4.0),
    ]  # fmt: skip
    assert kept["optimum"] == mean_optimum("darkroom", frozenset((17, 40)))
    assert (kept["temperature"], kept["seed"], kept["drawn_from"]) == (0.5, 3, "unseen")
    assert kept["acting"]["milliseconds_per_decision"] == 25.0
