"""An episode knows its length and its return."""

import numpy as np

from decision_mamba.episode import Episode


def test_the_return_is_the_sum_of_the_rewards_in_double_precision() -> None:
    rewards = np.full(3, 2**24 + 1, np.float64).astype(np.float32)
    episode = Episode(np.zeros((3, 2)), np.zeros((3, 1)), rewards)

    assert len(episode) == 3
    assert episode.total_reward == 3.0 * 2**24


def test_a_log_that_stops_in_the_middle_is_neither_terminated_nor_truncated() -> None:
    episode = Episode(np.zeros((1, 2)), np.zeros((1, 1)), np.zeros(1))

    assert (episode.terminated, episode.truncated) == (False, False)
