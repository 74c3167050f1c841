"""The bars of alterations."""

import dataclasses

from decision_mamba.report.figures.influence import draw_influence
from decision_mamba.result import Reading

PNG = b"\x89PNG\r\n\x1a\n"
READING = Reading("last", "", 0, target=3600.0, episodes=3, mean=100.0, interval=10.0)


def test_every_alteration_and_target_has_a_bar() -> None:
    other = dataclasses.replace(READING, target=1800.0)
    readings = {"untouched": [READING, other], "zero, all": [READING, other]}

    drawn = draw_influence(readings, "hopper")

    assert drawn.startswith(PNG)
    assert drawn != draw_influence({"untouched": [READING, other]}, "hopper")


def test_a_negative_mean_can_be_drawn() -> None:
    below = dataclasses.replace(READING, mean=-50.0)

    assert draw_influence({"untouched": [below]}, "cheetah").startswith(PNG)


def test_one_episode_is_a_bar_without_an_interval() -> None:
    alone = dataclasses.replace(READING, episodes=1, interval=None)
    certain = dataclasses.replace(READING, interval=0.0)

    drawn = draw_influence({"untouched": [alone]}, "hopper")

    assert drawn != draw_influence({"untouched": [certain]}, "hopper")
