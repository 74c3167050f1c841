"""Only steps that were made are drawn, each with what came of it."""

import numpy as np

from decision_mamba.collection.replay import Replay, Steps
from decision_mamba.collection.trace import Trace


def drawn(finished: int, newest: int = 9) -> Steps:
    """Of two histories of three episodes; the state counts 100 x history, 10 x episode, time."""
    times = np.arange(4) + 10 * np.arange(3)[:, None] + 100 * np.arange(2)[:, None, None]
    trace = Trace(
        states=times.reshape(6, 4),
        actions=times.reshape(6, 4)[:, :3] + 1000,
        rewards=times.reshape(6, 4)[:, :3] / 2,
        lengths=np.array([3, 2, 3, 3, 3, 3]),
        ended=np.array([False, True, False, False, False, True]),
    )
    replay = Replay(trace, 3, newest=newest)
    return replay.draw(finished, 200, np.random.default_rng(0))


def test_a_step_comes_with_its_action_reward_and_what_followed() -> None:
    steps = drawn(3)

    assert np.array_equal(steps.actions, steps.states + 1000)
    assert np.array_equal(steps.rewards, steps.states / 2)
    assert np.array_equal(steps.afters, steps.states + 1)


def test_histories_are_drawn_from_apart_and_whole() -> None:
    states = drawn(3).states

    assert set(states[0].tolist()) == {0, 1, 2, 10, 11, 20, 21, 22}
    assert set(states[1].tolist()) == {100, 101, 102, 110, 111, 112, 120, 121, 122}


def test_only_the_last_step_of_an_ended_episode_ends_it() -> None:
    steps = drawn(3)

    assert set(steps.states[steps.ends].tolist()) == {11, 122}


def test_unfinished_and_forgotten_episodes_are_not_drawn() -> None:
    assert set(drawn(1).states[0].tolist()) == {0, 1, 2}
    assert set(drawn(2, newest=1).states[0].tolist()) == {10, 11}
