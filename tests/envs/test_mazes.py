"""Mazes are found by name."""

import pytest

from decision_mamba.envs.gridworld import GridWorld
from decision_mamba.envs.mazes import NAMED, maze, settings_of
from decision_mamba.envs.tmaze import TMaze
from decision_mamba.errors import BadInput


def test_corridors_are_read_off_the_name() -> None:
    assert settings_of("tmaze-20k") == TMaze(corridor=20_000)
    assert settings_of("tmaze-1010") == TMaze(corridor=1_010)
    assert settings_of("tmaze-active-5") == TMaze(corridor=5, oracle=1)


def test_sizes_are_the_papers() -> None:
    found = {name: (maze(name).instances, maze(name).horizon) for name in NAMED}

    assert found["darkroom"] == (81, 20)
    assert found["darkroom-hard"] == (81, 20)
    assert found["darkroom-dynamic"] == (120, 20)
    assert found["key-to-door"] == (6561, 50)
    assert found["large-darkroom"] == (1600, 200)
    assert found["large-key-to-door"] == (2_560_000, 500)
    assert found["darkroom-hard-17"] == (289, 20)
    assert found["darkroom-10"] == (100, 100)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("darkroom-hard@ends=true,size=17", NAMED["darkroom-hard-17"]),
        ("darkroom@rule=goal once", NAMED["darkroom-hard"]),
        ("darkroom-dynamic@goal=anywhere", GridWorld(permuted=True)),
        (
            'darkroom@size=10,horizon=100,start=corner,actions=["right","left","down","up","stay"]',
            NAMED["darkroom-10"],
        ),
        ("tmaze-100@penalty=-0.5,clock=true", TMaze(corridor=100, penalty=-0.5, clock=True)),
    ],
)
def test_other_settings_stand_behind_the_name(name: str, expected: object) -> None:
    assert settings_of(name) == expected
    assert maze(name) is maze(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("darkroom@sise=9", "GridWorld has no sise; it has size, horizon"),
        ("darkroom@size=big", "size"),
        ("darkroom@", "has '' behind the @; expected settings such as size=17"),
        ("darkroom@size", "has 'size' behind the @"),
        ("darkroom@rule=goal twice", "rule"),
    ],
)
def test_settings_that_there_are_not_are_named(name: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        maze(name)


def test_settings_of_no_maze_are_none() -> None:
    assert settings_of("Hopper-v4@size=9") is None


def test_an_unknown_name_is_told_what_is_known() -> None:
    assert settings_of("Hopper-v4") is None
    with pytest.raises(BadInput, match="no maze 'lightroom'; expected one of darkroom"):
        maze("lightroom")


def test_a_corridor_without_length_is_refused() -> None:
    with pytest.raises(BadInput, match="corridor of length 0"):
        maze("tmaze-0")
    with pytest.raises(BadInput, match="corridor of length -1000"):
        maze("tmaze--1k")
