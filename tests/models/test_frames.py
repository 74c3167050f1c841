"""The frames remembered while acting are those that training gathers."""

import numpy as np

from decision_mamba.data.stacks import stacked
from decision_mamba.models.frames import Frames

SHOWN = np.random.default_rng(0).integers(1, 256, (9, 3, 2), np.uint8)


def test_along_an_episode_stacks_are_those_of_training() -> None:
    frames = Frames(stack=4)

    seen = np.stack([frames.then(shown[None])[0] for shown in SHOWN])

    whole = stacked(SHOWN, np.arange(9)[None], np.zeros((1, 1), np.int64), 4)
    np.testing.assert_array_equal(seen, whole[0])


def test_before_the_first_frame_it_is_black() -> None:
    [seen] = Frames(stack=3).then(SHOWN[:1])

    assert seen[:2].max() == 0
    np.testing.assert_array_equal(seen[2], SHOWN[0])


def test_an_episode_that_leaves_takes_its_frames_along() -> None:
    frames, alone = Frames(stack=3), Frames(stack=3)
    frames.then(SHOWN[:3])
    alone.then(SHOWN[2:3])

    frames.keep(np.array([True, False, True]))

    [_, seen], [wanted] = frames.then(SHOWN[3:5]), alone.then(SHOWN[4:5])
    np.testing.assert_array_equal(seen, wanted)


def test_what_was_seen_stays_as_it_was() -> None:
    frames, shown = Frames(stack=2), SHOWN[:1].copy()
    first = frames.then(shown)

    shown[:] = 0
    second = frames.then(SHOWN[1:2])

    np.testing.assert_array_equal(first[0, 1], SHOWN[0])
    np.testing.assert_array_equal(second[0], SHOWN[:2])


def test_another_episode_begins_before_black_and_the_others_go_on() -> None:
    frames = Frames(stack=2)
    frames.then(SHOWN[:2])

    frames.again(np.array([True, False]))

    [begun, goes_on] = frames.then(SHOWN[2:4])
    np.testing.assert_array_equal(begun, [np.zeros((3, 2)), SHOWN[2]])
    np.testing.assert_array_equal(goes_on, [SHOWN[1], SHOWN[3]])
