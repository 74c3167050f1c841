"""Q-learning begins at random and ends at the optimum."""

import numpy as np
import pytest

from decision_mamba.collection.q_learning import QLearning, learn
from decision_mamba.envs.gridworld import GridWorld
from decision_mamba.envs.mazes import maze
from decision_mamba.envs.optimum import optimal_returns
from decision_mamba.envs.tmaze import TMaze
from decision_mamba.errors import BadInput


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("name", ["darkroom", "darkroom-hard", "darkroom-dynamic"])
def test_histories_end_at_the_optimum(name: str) -> None:
    room, task = maze(name), 30

    trace = learn(QLearning(), room, task, histories=20, episodes=200, generator=generator())

    returns = trace.returns.reshape(20, 200)
    best = optimal_returns(room, np.array([task]))[0]
    assert returns[:, :10].mean() < 0.5 * best
    assert returns[:, -20:].mean() > 0.98 * best


def test_a_sweep_carries_a_reward_back_over_the_whole_way() -> None:
    # A greedy learner that starts four steps from the goal: once it has been there, the values
    # that one sweep leaves behind lead straight to it.
    room = GridWorld(size=5, horizon=60, start="corner", rule="goal once", ends=True).build()
    swept = QLearning(explored=0.0, sweeps=1, first_value=0.0)

    trace = learn(swept, room, 4, histories=100, episodes=2, generator=generator())

    found = trace.ended.reshape(100, 2)[:, 0]
    lengths = trace.lengths.reshape(100, 2)
    assert found.sum() > 20
    assert (lengths[found, 1] <= lengths[found, 0]).all()
    assert (lengths[found, 0] > 4).any()
    assert (lengths[found, 1] < 60).all()


def test_large_rooms_are_learned_with_a_sweep() -> None:
    room, task = maze("large-darkroom-hard"), 3 * 40 + 5
    swept = QLearning(discount=0.99, explored=0.9, sweeps=1)

    trace = learn(swept, room, task, histories=10, episodes=200, generator=generator())

    returns = trace.returns.reshape(10, 200)
    assert returns[:, :20].mean() < 0.2
    assert returns[:, -10:].mean() > 0.9


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (QLearning(rate=1.5), r"QLearning's rate is 1\.5; give 0 to 1"),
        (QLearning(discount=-0.5), r"QLearning's discount is -0\.5; give 0 to 1"),
        (QLearning(sweeps=-1), "QLearning's sweeps is -1; give at least 0"),
        (QLearning(explored=float("nan")), "QLearning's explored is nan; give at least 0"),
    ],
)
def test_settings_out_of_their_range_are_named(settings: QLearning, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        learn(settings, maze("darkroom"), 0, histories=1, episodes=1, generator=generator())


def test_every_step_is_one_that_the_maze_would_make() -> None:
    room = maze("key-to-door")

    trace = learn(QLearning(), room, 1234, histories=2, episodes=5, generator=generator())

    before, after = trace.states[:, :-1].ravel(), trace.states[:, 1:].ravel()
    tasks = np.full(len(before), 1234)
    moved = room.step(tasks, before.astype(np.int64), trace.actions.ravel(), np.zeros_like(tasks))
    assert np.array_equal(moved.states, after)
    assert np.array_equal(moved.rewards, trace.rewards.ravel())


def test_an_episode_ends_where_the_room_ends_it() -> None:
    room = maze("darkroom-hard-17")

    trace = learn(QLearning(), room, 8 * 17 + 9, histories=1, episodes=100, generator=generator())

    assert trace.lengths[-1] == 1
    assert bool(trace.ended[-1])
    assert np.array_equal(trace.returns, trace.ended)


def test_the_generator_decides_a_history() -> None:
    first, again = (
        learn(QLearning(), maze("darkroom"), 3, histories=2, episodes=9, generator=generator())
        for _ in range(2)
    )

    assert np.array_equal(first.actions, again.actions)
    assert not np.array_equal(first.actions[:9], first.actions[9:])


def test_a_maze_that_pays_by_the_clock_is_refused() -> None:
    with pytest.raises(BadInput, match="collected by demonstrations"):
        learn(
            QLearning(), TMaze(corridor=3).build(), 0, histories=1, episodes=1,
            generator=generator(),
        )  # fmt: skip
