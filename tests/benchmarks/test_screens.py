"""Made-up frames are as many as asked for, and as a game's."""

import gzip

import numpy as np

from benchmarks.screens import episodes


def test_steps_are_those_asked_for_and_the_last_episode_is_the_shorter() -> None:
    made = list(episodes(25, length=10))

    assert [len(episode) for episode in made] == [10, 10, 5]
    assert made[0].observations.shape == (10, 84, 84)
    assert made[0].observations.dtype == np.uint8
    assert made[0].actions.max() <= 3


def test_every_frame_shows_the_ball_elsewhere_before_the_same_wall() -> None:
    (episode,) = episodes(50)
    frames = episode.observations

    assert (frames[:, 0, :24] == frames[0, 0, :24]).mean() > 0.9
    assert {int((frame[:, 28:] == 200).sum()) for frame in frames} <= {0, 4, 8, 12, 16}
    assert len(np.unique(frames.reshape(50, -1), axis=0)) > 40


def test_they_are_packed_as_well_as_those_of_real_games() -> None:
    (episode,) = episodes(200)

    packed = gzip.compress(episode.observations.tobytes())

    assert 0.004 < len(packed) / episode.observations.nbytes < 0.03
