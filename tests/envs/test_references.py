"""Reference returns are D4RL's and are found by Gymnasium's ids."""

import pytest

from decision_mamba.envs import Reference, reference


@pytest.mark.parametrize(
    ("task", "random", "expert"),
    [
        ("Hopper-v4", -20.272305, 3234.3),
        ("Hopper-v5", -20.272305, 3234.3),
        ("HalfCheetah-v4", -280.178953, 12135.0),
        ("Walker2d-v5", 1.629008, 4592.3),
        ("Ant-v4", -325.6, 3879.7),
    ],
)
def test_a_task_has_the_reference_of_its_name(task: str, random: float, expert: float) -> None:
    assert reference(task) == Reference(random=random, expert=expert)


@pytest.mark.parametrize(
    "task", ["Pendulum-v1", "Hopper", "HopperBullet-v0", "hopper-medium-v2", ""]
)
def test_other_tasks_have_none(task: str) -> None:
    assert reference(task) is None
