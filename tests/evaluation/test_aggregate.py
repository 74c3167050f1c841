"""Each reading takes the episodes that its rule names, and its label says so."""

import dataclasses

import pytest

from decision_mamba.envs import Reference
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.aggregate import by_target, readings
from decision_mamba.result import Played, Reading

SCALE = Reference(random=10.0, expert=210.0)

# Means: at update 100 target 3600 earns 40 and 1800 earns 90; at 200 it is 60 and 20; at 300 it
# is 50 and 70. So every rule chooses another place.
RETURNS: dict[tuple[int, float | None], list[float]] = {
    (100, 3600.0): [30.0, 50.0],
    (100, 1800.0): [80.0, 100.0],
    (200, 3600.0): [60.0, 60.0],
    (200, 1800.0): [20.0, 20.0],
    (300, 3600.0): [40.0, 60.0],
    (300, 1800.0): [70.0, 70.0],
}


def rows(returns: dict[tuple[int, float | None], list[float]]) -> list[Played]:
    return [
        Played(
            update=update,
            task="Hopper-v4",
            mode="window",
            target=target,
            seed=0,
            episode=number,
            total_reward=total_reward,
            length=10,
        )
        for (update, target), group in returns.items()
        for number, total_reward in enumerate(group)
    ]


def read(primary: float | None = None) -> dict[str, Reading]:
    played = rows(RETURNS)
    return {reading.rule: reading for reading in readings(played, primary, SCALE)}


@pytest.mark.parametrize(
    ("rule", "update", "target", "mean"),
    [
        ("last", 300, 3600.0, 50.0),
        ("best", 200, 3600.0, 60.0),
        ("best-target", 300, 1800.0, 70.0),
        ("best-of-all", 100, 1800.0, 90.0),
    ],
)
def test_each_rule_chooses_its_own_update_and_target(
    rule: str, update: int, target: float, mean: float
) -> None:
    reading = read()[rule]

    assert (reading.update, reading.target, reading.mean) == (update, target, mean)
    assert reading.episodes == 2


def test_each_label_says_what_was_chosen_from_what() -> None:
    labels = {rule: reading.label for rule, reading in read().items()}

    assert labels == {
        "last": "last update, target 3,600",
        "best": "best of 3 evaluations over training, target 3,600",
        "best-target": "last update, best of 2 targets",
        "best-of-all": "best of 3 evaluations over training and best of 2 targets, "
        "as DC, DMamba and DeMa report",
    }


def test_another_primary_target_moves_last_and_best_only() -> None:
    first, other = read(3600.0), read(1800.0)

    assert (other["last"].mean, other["best"].mean) == (70.0, 90.0)
    assert other["best-target"] == first["best-target"]
    assert other["best-of-all"] == first["best-of-all"]
    assert first == read(None)


def test_interval_and_score_belong_to_the_episodes_of_the_reading() -> None:
    # 40 and 60: standard deviation √200 over √2 episodes is 10, times 12.706.
    last = read()["last"]

    assert last.interval == pytest.approx(127.06)
    assert last.normalised == pytest.approx(20.0)
    assert last.normalised_interval == pytest.approx(63.53)


def test_without_a_reference_there_is_no_score() -> None:
    for reading in readings(rows({(100, 3600.0): [1.0, 2.0]}), None, None):
        assert reading.normalised is None
        assert reading.normalised_interval is None


def test_a_policy_without_target_is_read_too() -> None:
    played = rows({(100, None): [1.0], (200, None): [0.5]})

    labels = [(reading.label, reading.mean) for reading in readings(played, None, None)]

    assert labels == [
        ("last update", 0.5),
        ("best of 2 evaluations over training", 1.0),
        ("last update, best of 1 target", 0.5),
        (
            "best of 2 evaluations over training and best of 1 target, "
            "as DC, DMamba and DeMa report",
            1.0,
        ),
    ]


def test_of_equal_means_the_earlier_one_counts() -> None:
    played = rows({(100, 3600.0): [5.0], (200, 3600.0): [5.0]})

    assert [reading.update for reading in readings(played, None, None)] == [200, 100, 200, 100]


def test_the_last_update_is_the_highest_even_where_rows_come_out_of_order() -> None:
    played = rows({(200, 3600.0): [2.0], (100, 3600.0): [1.0]})

    assert readings(played, None, None)[0].update == 200


def test_no_episodes_give_no_readings() -> None:
    assert readings([], 3600.0, SCALE) == ()
    assert by_target([], SCALE) == ()


def test_a_primary_target_that_was_not_played_is_refused() -> None:
    with pytest.raises(BadInput, match=r"target 7,200, only 3,600, 1,800"):
        read(7200.0)


def test_tasks_are_not_mixed() -> None:
    hopper = rows({(100, 3600.0): [1.0]})
    walker = [dataclasses.replace(one, task="Walker2d-v4") for one in hopper]

    with pytest.raises(BadInput, match=r"several tasks \(Hopper-v4, Walker2d-v4\)"):
        readings(hopper + walker, None, None)


def test_by_target_is_the_last_update_of_every_target_in_the_order_of_play() -> None:
    found = by_target(rows(RETURNS), SCALE)

    assert [(one.target, one.update, one.mean) for one in found] == [
        (3600.0, 300, 50.0),
        (1800.0, 300, 70.0),
    ]
    assert [one.label for one in found] == [
        "last update, target 3,600",
        "last update, target 1,800",
    ]
    assert found[1].normalised == pytest.approx(30.0)
