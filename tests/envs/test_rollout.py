"""Every seed is played exactly once, and alone or in company the same."""

from collections.abc import Sequence

import numpy as np
import pytest

from decision_mamba.envs import Environment, Image, Stepped, consecutive, earnings, make, rollout
from decision_mamba.episode import Episode
from decision_mamba.errors import Failure
from decision_mamba.shapes import PlayedActions, PlayedObservations, PlayedRewards, Rows
from decision_mamba.spaces import Continuous, Spaces, Vector

HORIZON = 30


class Countdown(Environment):
    """An episode of seed s ends after s steps; a step of action a shows and pays a + noise."""

    def __init__(self, copies: int) -> None:
        self.task = "Countdown-v0"
        self.spaces = Spaces(Vector(2), Continuous((-1.0,), (1.0,)))
        self.horizon = HORIZON
        self.copies = copies
        self.steps_per_second = 10.0
        self.rows_stepped: list[int] = []

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        assert 1 <= len(seeds) <= self.copies
        self._noise = [np.random.default_rng(seed) for seed in seeds]
        self._left = np.array(seeds)
        self._age = np.zeros(len(seeds), np.int64)
        return np.array([[seed, 0.0] for seed in seeds], np.float32)

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        for row, seed in zip(rows, seeds, strict=True):
            self._noise[row] = np.random.default_rng(seed)
        self._left[rows] = seeds
        self._age[rows] = 0
        return np.array([[seed, 0.0] for seed in seeds], np.float32)

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        assert (self._left[rows] > 0).all(), "an ended copy was stepped"
        self.rows_stepped += rows.tolist()
        self._left[rows] -= 1
        self._age[rows] += 1
        paid = np.clip(actions[:, 0], -1, 1) + np.array([self._noise[row].normal() for row in rows])
        return Stepped(
            observations=np.stack([self._left[rows], paid], axis=1).astype(np.float32),
            rewards=paid.astype(np.float64),
            terminated=self._left[rows] == 0,
            truncated=self._age[rows] == HORIZON,
        )

    def render(self, row: int) -> Image:
        raise NotImplementedError

    def close(self) -> None:
        pass


class Rememberer:
    """Acts on all it has earned so far, so that a mixed-up row shows in every later action."""

    def __init__(self) -> None:
        self.rows_acted = 0
        self.arrived: list[list[float]] = []

    def reset(self, copies: int) -> None:
        self._earned = np.zeros(copies)

    def act(self, observations: PlayedObservations) -> PlayedActions:
        assert len(observations) == len(self._earned)
        self.rows_acted += len(observations)
        wish = 0.1 * observations[:, 1] + 0.5 * self._earned
        return wish[:, None].astype(np.float32)

    def observe(self, rewards: PlayedRewards) -> None:
        self._earned = self._earned + rewards

    def keep(self, rows: np.ndarray) -> None:
        self._earned = self._earned[rows]

    def again(self, rows: np.ndarray, arrived: PlayedObservations) -> None:
        self.arrived.append(arrived[rows, 1].tolist())


class Constant:
    """Chooses the same number always."""

    def __init__(self, action: float) -> None:
        self._action = action

    def reset(self, copies: int) -> None:
        pass

    def act(self, observations: PlayedObservations) -> PlayedActions:
        return np.full((len(observations), 1), self._action, np.float32)

    def observe(self, rewards: PlayedRewards) -> None:
        pass

    def keep(self, rows: np.ndarray) -> None:
        pass


class Feedback(Constant):
    """Chooses by what it sees, number by number, so that Hopper falls sooner or later."""

    def act(self, observations: PlayedObservations) -> PlayedActions:
        return np.asarray(0.5 * np.sin(10 * observations[:, 1:4]), np.float32)


@pytest.mark.parametrize("copies", [1, 2, 3, 5, 100])
def test_every_seed_gives_exactly_one_episode_however_long(copies: int) -> None:
    seeds = [1, 25, 3, 20, 2]

    played = list(rollout(Countdown(copies), Rememberer(), seeds=seeds))

    assert sorted(index for index, _ in played) == [0, 1, 2, 3, 4]
    assert {index: len(episode) for index, episode in played} == {0: 1, 1: 25, 2: 3, 3: 20, 4: 2}


@pytest.mark.parametrize("copies", [2, 100])
def test_finished_episodes_are_neither_stepped_nor_acted_for(copies: int) -> None:
    environment, actor = Countdown(copies), Rememberer()

    list(rollout(environment, actor, seeds=[1, 25, 3, 20, 2]))

    assert len(environment.rows_stepped) == 1 + 25 + 3 + 20 + 2
    assert actor.rows_acted == 1 + 25 + 3 + 20 + 2


def test_episodes_are_the_same_alone_and_all_at_once() -> None:
    seeds = [7, 25, 3, 99, 20, 2, 3]

    alone = dict(rollout(Countdown(1), Rememberer(), seeds=seeds))
    together = dict(rollout(Countdown(100), Rememberer(), seeds=seeds))

    for index in range(len(seeds)):
        assert_same(alone[index], together[index])


def test_hopper_is_the_same_alone_and_all_at_once() -> None:
    seeds = [3, 1, 4, 1, 5]

    alone = dict(rollout(make("Hopper-v4", 1), Feedback(0.0), seeds=seeds))
    together = dict(rollout(make("Hopper-v4", 5), Feedback(0.0), seeds=seeds))

    assert len({len(episode) for episode in alone.values()}) > 1
    for index in range(len(seeds)):
        assert_same(alone[index], together[index])
    assert_same(alone[1], alone[3])


def test_an_episode_comes_as_soon_as_it_ends() -> None:
    environment = Countdown(copies=2)

    order = [index for index, _ in rollout(environment, Rememberer(), seeds=[5, 2, 4, 4])]

    assert order == [1, 0, 2, 3]


def test_an_episode_holds_what_was_seen_done_and_paid_in_the_order_of_time() -> None:
    noise = np.random.default_rng(2).normal(size=2)

    [(_, episode)] = rollout(Countdown(copies=1), Constant(0.5), seeds=[2])

    paid = 0.5 + noise
    seen = np.array([[2, 0], [1, paid[0]]], np.float32)
    np.testing.assert_array_equal(episode.observations, seen)
    np.testing.assert_array_equal(episode.actions, np.array([[0.5], [0.5]], np.float32))
    np.testing.assert_array_equal(episode.rewards, paid)
    np.testing.assert_array_equal(episode.last_observation, np.array([0, paid[1]], np.float32))


def test_the_end_says_whether_the_task_or_the_clock_ended_it() -> None:
    played = dict(rollout(Countdown(copies=2), Rememberer(), seeds=[HORIZON + 5, 4]))

    assert (played[0].terminated, played[0].truncated, len(played[0])) == (False, True, HORIZON)
    assert (played[1].terminated, played[1].truncated, len(played[1])) == (True, False, 4)


def test_actions_are_kept_as_chosen_and_not_as_clipped() -> None:
    [(_, episode)] = rollout(Countdown(copies=1), Constant(7.0), seeds=[1])

    assert episode.actions.tolist() == [[7.0]]


def test_choices_are_kept_as_whole_numbers() -> None:
    class Pusher(Constant):
        """Pushes the cart to the right, always."""

        def act(self, observations: PlayedObservations) -> PlayedActions:
            return np.ones(len(observations), np.int64)

    played = dict(rollout(make("CartPole-v1", 2), Pusher(0.0), seeds=[1, 2]))

    assert played[0].actions.tolist() == [1] * len(played[0])
    assert played[1].actions.dtype == np.int64


def test_an_action_that_is_no_number_stops_the_play() -> None:
    with pytest.raises(Failure, match=r"action for Countdown-v0 that is not a finite number"):
        list(rollout(Countdown(copies=1), Constant(float("nan")), seeds=[3]))


def test_no_seeds_are_no_episodes() -> None:
    assert list(rollout(Countdown(copies=1), Constant(0.0), seeds=[])) == []


def assert_same(one: Episode, other: Episode) -> None:
    np.testing.assert_array_equal(one.observations, other.observations)
    np.testing.assert_array_equal(one.actions, other.actions)
    np.testing.assert_array_equal(one.rewards, other.rewards)
    np.testing.assert_array_equal(one.last_observation, other.last_observation)
    assert (one.terminated, one.truncated) == (other.terminated, other.truncated)


def test_copies_play_episode_after_episode_each_at_its_own_pace() -> None:
    environment, actor = Countdown(3), Rememberer()
    seeds = np.array([[2, 3, 1], [5, 1, 1], [1, 1, 2]])

    played = list(consecutive(environment, actor, seeds=seeds))

    assert {(row, number): len(episode) for row, number, episode in played} == {
        (row, number): seeds[row, number] for row in range(3) for number in range(3)
    }
    order = [(row, number) for row, number, _ in played]
    assert order == [
        (2, 0), (0, 0), (2, 1), (2, 2), (0, 1), (1, 0), (0, 2), (1, 1), (1, 2),
    ]  # fmt: skip
    assert actor.rows_acted == len(environment.rows_stepped) == seeds.sum()


def test_what_is_remembered_lasts_over_episodes() -> None:
    """The rememberer's wish grows by half of all it has earned, in earlier episodes too."""
    actor = Rememberer()

    first, second = (
        episode for _, _, episode in consecutive(Countdown(1), actor, seeds=np.array([[2, 2]]))
    )

    assert second.actions[0, 0] == pytest.approx(0.5 * first.rewards.sum(), abs=1e-6)
    assert first.last_observation is not None
    assert actor.arrived == [[first.last_observation[1]]]


def test_copies_that_play_on_are_the_same_alone_and_in_company() -> None:
    seeds = np.array([[7, 25, 3], [9, 20, 2], [3, 4, 30]])

    together = {
        (row, number): one
        for row, number, one in consecutive(Countdown(3), Rememberer(), seeds=seeds)
    }

    for row in range(3):
        for _, number, one in consecutive(Countdown(1), Rememberer(), seeds=seeds[row : row + 1]):
            assert_same(one, together[row, number])


def test_what_was_earned_is_told_as_the_whole_episodes_tell_it() -> None:
    seeds = [5, 2, 4, 4, 9]
    whole = list(rollout(Countdown(3), Rememberer(), seeds=seeds))

    earned = list(earnings(Countdown(3), Rememberer(), seeds=seeds))

    assert [index for index, _ in earned] == [index for index, _ in whole]
    for (_, rewards), (_, episode) in zip(earned, whole, strict=True):
        np.testing.assert_array_equal(rewards, episode.rewards)
