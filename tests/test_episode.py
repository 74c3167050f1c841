"""An episode knows its length and its return."""

import subprocess
import sys

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


def test_lists_are_taken_for_arrays() -> None:
    # In a process of its own, where no test's type checker stands before the episode.
    code = (
        "from decision_mamba import Episode; "
        "episode = Episode([[1.0, 2.0]], [[0.5]], [3.0]); "
        "print(episode.observations.shape, episode.total_reward)"
    )

    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout

    assert said == b"(1, 2) 3.0\n"
