"""Nothing unsound gets through, and the sentence says where it is."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from numpy import ndarray

from decision_mamba.data.soundness import sound
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput

MakeEpisode = Callable[..., Episode]


def sentence(*episodes: Episode) -> str:
    with pytest.raises(BadInput) as caught:
        list(sound([("logs", episodes)]))
    return str(caught.value)


def test_sound_episodes_pass_in_order(episode: MakeEpisode) -> None:
    parts = [("a", [episode(2), episode(3)]), ("b", [episode(4)])]

    assert [len(one) for one in sound(parts)] == [2, 3, 4]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_observation_that_is_no_number_is_found(episode: MakeEpisode, value: float) -> None:
    bad = episode(4)
    bad.observations[2, 1] = value

    assert sentence(episode(3), bad) == (
        f"logs, episode 1, step 2: observation number 1 is {value}; expected a finite number"
    )


def test_the_first_of_several_is_named_and_the_others_counted(episode: MakeEpisode) -> None:
    bad = episode(4)
    bad.actions[1:, 0] = np.nan

    assert sentence(bad) == (
        "logs, episode 0, step 1: action number 0 is nan (and 2 more in this episode); "
        "expected a finite number"
    )


def test_a_reward_too_large_for_float32_is_found(episode: MakeEpisode) -> None:
    bad = dataclasses.replace(episode(2), rewards=np.array([0.0, 1e39]))

    assert sentence(bad) == (
        "logs, episode 0, step 1: the reward is 1e+39; expected a finite number"
    )


def test_a_last_observation_that_is_no_number_is_found_after_the_last_step(
    episode: MakeEpisode,
) -> None:
    bad = dataclasses.replace(episode(2), last_observation=np.array([0.0, 0.0, np.inf]))

    assert sentence(bad) == (
        "logs, episode 0, after the last step: observation number 2 is inf; "
        "expected a finite number"
    )


def test_an_empty_episode_is_found(episode: MakeEpisode) -> None:
    assert sentence(episode(2), episode(0)) == (
        "logs, episode 1 has no step; expected at least one"
    )


def test_another_task_is_found(episode: MakeEpisode) -> None:
    other = Episode(np.zeros((2, 5)), np.zeros((2, 2)), np.zeros(2))

    assert sentence(episode(2), other) == (
        "logs, episode 1 has 5 observation and 2 action numbers but the first episode 3 and 2; "
        "expected one task"
    )


@pytest.mark.parametrize(
    ("column", "value", "flaw"),
    [
        ("observations", np.zeros(3), "observations is (3,); expected the axes steps, numbers"),
        ("actions", np.zeros((3, 1, 1)), "actions is (3, 1, 1); expected the axes steps, numbers"),
        ("rewards", np.zeros((3, 1)), "rewards is (3, 1); expected the axes steps"),
        ("last_observation", np.zeros(()), "last_observation is (); expected the axes numbers"),
    ],
)
def test_a_wrong_number_of_axes_is_found(
    episode: MakeEpisode, column: str, value: ndarray, flaw: str
) -> None:
    bad = episode(3)
    object.__setattr__(bad, column, value)  # past the shape check of the constructor

    assert sentence(episode(3), bad) == f"logs, episode 1: shape of {flaw}"


_FRAMES = "uint8 with the axes steps, height, width"


@pytest.mark.parametrize(
    ("shape", "kind", "expected"),
    [
        ((3, 84, 84), np.float32, f"the axes steps, numbers, or frames: {_FRAMES}, not float32"),
        ((3, 84, 84), np.int64, f"the axes steps, numbers, or frames: {_FRAMES}, not int64"),
        ((3, 4, 84, 84), np.uint8, f"single frames: {_FRAMES}; the library stacks them itself"),
        ((3, 84, 84, 3), np.uint8, f"grey frames: {_FRAMES}, without an axis of colours"),
        ((3, 3, 84, 84), np.uint8, f"grey frames: {_FRAMES}, without an axis of colours"),
        ((3, 1, 1, 84, 84), np.uint8, "the axes steps, numbers"),
    ],
)
def test_frames_that_are_none_are_told_what_frames_are(
    choosing: MakeEpisode, shape: tuple[int, ...], kind: type, expected: str
) -> None:
    bad = choosing(0, 1, 0)
    object.__setattr__(bad, "observations", np.zeros(shape, kind))  # past the shape check

    assert (
        sentence(bad) == f"logs, episode 0: shape of observations is {shape}; expected {expected}"
    )


def test_a_last_frame_that_is_none_is_told_what_a_frame_is(choosing: MakeEpisode) -> None:
    bad = choosing(0, 1, 0)
    object.__setattr__(bad, "last_observation", np.zeros((84, 84)))  # past the shape check

    assert sentence(bad) == (
        "logs, episode 0: shape of last_observation is (84, 84); expected the axes numbers, or "
        "frames: uint8 with the axes height, width, not float64"
    )


@pytest.mark.parametrize("size", [1, 4])
def test_a_last_observation_of_another_size_is_found(episode: MakeEpisode, size: int) -> None:
    bad = episode(2)
    object.__setattr__(bad, "last_observation", np.zeros(size))

    assert sentence(episode(2), bad) == (
        f"logs, episode 1: last_observation has {size} numbers but its observations have 3; "
        "expected as many"
    )


def test_choices_pass(choosing: MakeEpisode) -> None:
    as_numbers = choosing(0, 1)
    object.__setattr__(as_numbers, "actions", np.array([2.0, 1.0]))  # past the shape check

    assert len(list(sound([("logs", [choosing(0, 17), choosing(32767), as_numbers])]))) == 3


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        (np.array([0, -1, -2]), "step 1: the action is -1 (and 1 more in this episode)"),
        (np.array([0.0, 1.0, 0.5]), "step 2: the action is 0.5"),
        (np.array([np.nan, 1.0, 0.0]), "step 0: the action is nan"),
        (np.array([0, 1, 32768]), "step 2: the action is 32768"),
    ],
)
def test_what_is_no_choice_is_found(choosing: MakeEpisode, actions: ndarray, told: str) -> None:
    bad = choosing(0, 0, 0)
    object.__setattr__(bad, "actions", actions)  # past the shape check of the constructor

    assert sentence(bad) == (
        f"logs, episode 0, {told}; expected a whole number from 0 to 32767, "
        "or the axes steps, numbers where actions are real"
    )


def test_choices_among_numbers_are_found(episode: MakeEpisode, choosing: MakeEpisode) -> None:
    assert sentence(episode(2), choosing(0, 1, 1)) == (
        "logs, episode 1: shape of actions is (3,) but in the first episode (2, 2); "
        "expected numbers in both, or a choice in both"
    )


def test_unequal_lengths_are_found(episode: MakeEpisode) -> None:
    bad = episode(3)
    object.__setattr__(bad, "rewards", np.zeros(2))  # past the shape check of the constructor

    assert sentence(bad) == (
        "logs, episode 0: 3 observations, 3 actions and 2 rewards; expected as many of each"
    )


def test_each_part_needs_an_episode(episode: MakeEpisode) -> None:
    with pytest.raises(BadInput, match=r"^b holds no finished episode; expected at least one$"):
        list(sound([("a", [episode(2)]), ("b", [])]))


def test_no_part_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^no source of episodes was given; expected at least one$"):
        list(sound([]))


def test_episodes_are_counted_from_the_start_of_their_part(episode: MakeEpisode) -> None:
    bad = episode(1)
    bad.rewards[0] = np.nan

    with pytest.raises(BadInput, match=r"^b, episode 1, step 0"):
        list(sound([("a", [episode(2)] * 3), ("b", [episode(2), bad])]))
