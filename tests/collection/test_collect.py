"""A collection is the same whether or not it was stopped, and never mixes seen and unseen."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from decision_mamba.collection.collect import Collection, collect
from decision_mamba.collection.dqn import DQN
from decision_mamba.collection.noise import Noise
from decision_mamba.collection.q_learning import QLearning
from decision_mamba.data.histories import Histories
from decision_mamba.data.read import read
from decision_mamba.errors import BadInput
from decision_mamba.settings import to_dict

SMALL = Collection("darkroom", QLearning(), tasks=3, histories=2, episodes=4)


def test_histories_of_a_task_lie_together_in_the_order_of_play(tmp_path: Path) -> None:
    out = tmp_path / "x.hdf5"

    steps = [progress.steps for progress in collect(SMALL, out)]

    found, store = Histories.open(out), read((str(out),))
    assert steps == [160, 320, 480]
    assert found.offsets.tolist() == [0, 4, 8, 12, 16, 20, 24]
    assert found.instances[0] == found.instances[1] != found.instances[2]
    assert store.lengths.tolist() == [20] * 24
    assert found.collection == to_dict(SMALL)


def test_tasks_that_are_played_at_once_are_told_of_meanwhile(tmp_path: Path) -> None:
    deep = dataclasses.replace(SMALL, learner=DQN(hidden=(4,), networks=4), episodes=2)
    told: list[float] = []

    done = [progress.part for progress in collect(deep, tmp_path / "x.hdf5", heard=told.append)]

    assert done == [1, 2, 3]
    assert told == [1.0, 2.0, 2.5, 3.0]  # two tasks, then one


def test_seen_and_unseen_tasks_do_not_meet(tmp_path: Path) -> None:
    most = dataclasses.replace(SMALL, tasks=4, unseen=77 / 81, episodes=1, learner=Noise())

    list(collect(most, tmp_path / "x.hdf5"))

    found = Histories.open(tmp_path / "x.hdf5")
    assert sorted([*found.instances[::2], *found.unseen]) == list(range(81))


def test_no_task_is_played_with_the_draws_of_another(tmp_path: Path) -> None:
    random = dataclasses.replace(SMALL, learner=Noise(last=1.0))

    list(collect(random, tmp_path / "x.hdf5"))

    actions = read((str(tmp_path / "x.hdf5"),)).actions.reshape(3, 160)
    assert len({tuple(row.tolist()) for row in actions}) == 3


def test_the_best_actions_are_those_of_a_policy_that_knows_the_goal(tmp_path: Path) -> None:
    placed = dataclasses.replace(SMALL, places=((0, 4),))  # left of the centre

    list(collect(placed, tmp_path / "x.hdf5"))

    found, store = Histories.open(tmp_path / "x.hdf5"), read((str(tmp_path / "x.hdf5"),))
    for columns, actions in (
        (store.observations, found.optimal_actions),
        (found.queries, found.query_actions),
    ):
        left = columns[:, 0] > 0
        assert set(actions[left].tolist()) <= {0}
        there = ~left & (columns[:, 1] == 4)
        assert set(actions[there].tolist()) <= {4}


def test_a_stopped_collection_goes_on_to_the_same_file(tmp_path: Path) -> None:
    list(collect(SMALL, tmp_path / "whole.hdf5"))
    going = collect(SMALL, tmp_path / "stopped.hdf5")
    next(going)
    del going
    assert not (tmp_path / "stopped.hdf5").exists()

    speeds = [p.steps_per_second for p in collect(SMALL, tmp_path / "stopped.hdf5", resume=True)]

    assert [speed is None for speed in speeds] == [True, False, False]
    whole, again = (read((str(tmp_path / f"{name}.hdf5"),)) for name in ("whole", "stopped"))
    assert np.array_equal(whole.observations, again.observations)
    assert np.array_equal(whole.actions, again.actions)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stopped.hdf5", "whole.hdf5"]


def test_tasks_that_learn_together_go_on_together(tmp_path: Path) -> None:
    two_at_once = dataclasses.replace(SMALL, learner=DQN(hidden=(4,), begins=20, networks=4))
    list(collect(two_at_once, tmp_path / "whole.hdf5"))
    going = collect(two_at_once, tmp_path / "stopped.hdf5")
    next(going)
    del going
    (tmp_path / ".parts.stopped.hdf5" / "00001.npz").unlink()

    stages = list(collect(two_at_once, tmp_path / "stopped.hdf5", resume=True))

    assert [stage.steps for stage in stages] == [160, 320, 480]
    assert all(stage.steps_per_second is not None for stage in stages)
    whole, again = (read((str(tmp_path / f"{name}.hdf5"),)) for name in ("whole", "stopped"))
    assert np.array_equal(whole.observations, again.observations)
    assert np.array_equal(whole.actions, again.actions)


def test_what_could_not_be_played_is_not_in_the_way(tmp_path: Path) -> None:
    wrong = dataclasses.replace(SMALL, learner=QLearning(rate=2.0))
    with pytest.raises(BadInput, match="QLearning's rate is 2; give 0 to 1"):
        list(collect(wrong, tmp_path / "x.hdf5"))

    list(collect(SMALL, tmp_path / "x.hdf5"))

    assert len(Histories.open(tmp_path / "x.hdf5")) == 6


def test_all_unseen_tasks_cannot_be_given_to_learn_from(tmp_path: Path) -> None:
    everywhere = tuple((column, row) for column in range(9) for row in range(9))

    with pytest.raises(BadInput, match="which leaves none for evaluation"):
        list(collect(dataclasses.replace(SMALL, places=everywhere), tmp_path / "x.hdf5"))
