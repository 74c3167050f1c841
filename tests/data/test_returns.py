"""Returns-to-go, delayed rewards and the best share, against slow loops and by hand."""

import itertools

import numpy as np
import pytest
from numpy import ndarray

from decision_mamba.data import returns
from decision_mamba.data.returns import Curation, as_told, best_episodes, delayed, returns_to_go
from decision_mamba.errors import BadInput


def slowly(rewards: ndarray, offsets: ndarray) -> ndarray:
    result = np.zeros(len(rewards))
    for start, end in itertools.pairwise(offsets):
        total = 0.0
        for step in range(end - 1, start - 1, -1):
            total += float(rewards[step])
            result[step] = total
    return result.astype(np.float32)


def test_returns_to_go_by_hand() -> None:
    rewards = np.array([1.0, 2.0, 3.0, 10.0, 20.0], np.float32)

    result = returns_to_go(rewards, np.array([0, 3, 5]))

    assert result.tolist() == [6.0, 5.0, 3.0, 30.0, 20.0]
    assert result.dtype == np.float32


@pytest.mark.parametrize("block", [1, 50, 2**20])
def test_returns_to_go_equal_the_slow_loop_in_blocks_of_any_size(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(returns, "_BLOCK", block)
    generator = np.random.default_rng(0)
    offsets = np.concatenate([[0], np.cumsum(generator.integers(1, 40, size=30))])
    rewards = generator.normal(size=offsets[-1]).astype(np.float32)

    np.testing.assert_array_equal(returns_to_go(rewards, offsets), slowly(rewards, offsets))


def test_a_huge_episode_leaves_no_rounding_in_its_neighbour() -> None:
    rewards = np.array([1e30, 1e30, 0.1, 0.2], np.float32)

    result = returns_to_go(rewards, np.array([0, 2, 4]))

    np.testing.assert_array_equal(result, slowly(rewards, np.array([0, 2, 4])))


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (Curation(), [0.5, -7.0, 4.0, 1.0]),
        (Curation(rewards="clipped"), [0.5, -1.0, 1.0, 1.0]),
        (Curation(rewards="delayed"), [0.0, -6.5, 0.0, 5.0]),
    ],
)
def test_rewards_are_told_as_asked(how: Curation, told: list[float]) -> None:
    rewards = np.array([0.5, -7.0, 4.0, 1.0], np.float32)

    assert as_told(how, rewards, np.array([0, 2, 4])).tolist() == told
    assert rewards.tolist() == [0.5, -7.0, 4.0, 1.0]


def test_delayed_rewards_are_paid_at_the_last_step() -> None:
    rewards = np.array([1.0, 2.0, 3.0, 10.0, 20.0], np.float32)

    assert delayed(rewards, np.array([0, 3, 5])).tolist() == [0.0, 0.0, 6.0, 0.0, 30.0]


@pytest.mark.parametrize(
    "rewards",
    [[0.0, 0.0, 6.0, 0.0, 30.0, 7.0], [0.0, 0.0, 6.0, 0.0, 0.0, 7.0], [0.0] * 6],
)
def test_rewards_that_are_delayed_are_not_delayed_again(rewards: list[float]) -> None:
    with pytest.raises(BadInput, match=r"last step of an episode only, .*rewards at dense"):
        delayed(np.array(rewards, np.float32), np.array([0, 3, 5, 6]))


@pytest.mark.parametrize("offsets", [[0, 2], [0, 1, 2]])
def test_episodes_of_one_step_tell_nothing_of_delay(offsets: list[int]) -> None:
    rewards = np.array([1.0, 2.0], np.float32)

    assert delayed(rewards, np.array(offsets))[-1] == rewards[offsets[-2] :].sum()


def test_the_best_share_stops_at_the_first_episode_that_does_not_fit() -> None:
    totals = np.array([1.0, 4.0, 3.0, 2.0])
    lengths = np.array([10, 20, 60, 10])

    # Half of 100 steps: 20 of the best, then 60 do not fit, though 10 after them would.
    assert best_episodes(totals, lengths, 0.5).tolist() == [1]
    assert best_episodes(totals, lengths, 0.8).tolist() == [2, 1]
    assert best_episodes(totals, lengths, 1.0).tolist() == [0, 3, 2, 1]


def test_the_best_share_is_at_least_one_episode() -> None:
    assert best_episodes(np.array([1.0, 2.0]), np.array([5, 5]), 0.01).tolist() == [1]


@pytest.mark.parametrize("share", [0.0, -0.5, 1.5])
def test_a_share_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(BadInput, match=f"best share is {share}; expected more than 0 and at most"):
        best_episodes(np.array([1.0]), np.array([5]), share)
