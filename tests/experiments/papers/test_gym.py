"""The nine tasks: their data and their sizes."""

from decision_mamba.envs import make
from decision_mamba.experiments.papers.gym import HOPPER, ROBOTS, data_sets


def test_medium_expert_is_medium_and_expert() -> None:
    assert data_sets(HOPPER, "medium-expert") == ("hopper-medium", "hopper-expert")
    assert data_sets(HOPPER, "medium-replay") == ("hopper-medium-replay",)


def test_sizes_are_those_of_the_environments() -> None:
    for robot in ROBOTS:
        environment = make(robot.environment, 1)
        assert environment.spaces == robot.spaces
        environment.close()
