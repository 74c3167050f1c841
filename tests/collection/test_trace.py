"""A recorder leaves ended episodes as they are."""

import numpy as np

from decision_mamba.collection.trace import Recorder
from decision_mamba.envs.gridworld import GridWorld


def test_copies_that_have_ended_wait_for_the_next_episode() -> None:
    room = GridWorld(size=3, horizon=3, rule="goal once", ends=True).build()
    recorder = Recorder(room, np.array([3, 0]), episodes=1, steps=3)
    recorder.begin(0, np.array([4, 4]))

    for time, action in enumerate((0, 2, 0)):  # left, up, left
        recorder.step(0, time, np.array([action, action]))

    trace = recorder.trace()
    assert trace.lengths.tolist() == [1, 2]
    assert trace.ended.tolist() == [True, True]
    assert trace.returns.tolist() == [1.0, 1.0]
    assert trace.steps == 3
    assert trace.states[0].tolist() == [4, 9 + 3, 9 + 3, 9 + 3]
    assert trace.states[1].tolist() == [4, 3, 9 + 0, 9 + 0]


def test_parts_hold_the_episodes_in_their_order() -> None:
    room = GridWorld(size=3, horizon=1).build()
    recorder = Recorder(room, np.array([0, 1, 2, 3]), episodes=1, steps=1)
    recorder.begin(0, np.array([4, 5, 6, 7]))
    recorder.step(0, 0, np.array([4, 4, 4, 4]))

    first, second = recorder.trace().parts(2)

    assert first.states.tolist() == [[4, 4], [5, 5]]
    assert second.states.tolist() == [[6, 6], [7, 7]]
