"""As many demonstrations succeed as are asked for, and the others differ by the turn alone."""

import numpy as np
import pytest

from decision_mamba.collection.demonstrations import Demonstrations, demonstrate
from decision_mamba.collection.trace import Trace
from decision_mamba.envs.mazes import maze
from decision_mamba.errors import BadInput


def shown(success: float, episodes: int, name: str = "tmaze-active-4") -> Trace:
    return demonstrate(
        Demonstrations(success), maze(name), 1, histories=1, episodes=episodes,
        generator=np.random.default_rng(0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("success", "returns"),
    [(1.0, [1, 1, 1, 1]), (0.75, [1, 1, 1, 0]), (0.5, [1, 0, 1, 0]), (0.0, [0, 0, 0, 0])],
)
def test_the_share_that_succeeds_is_as_asked(success: float, returns: list[float]) -> None:
    assert shown(success, 4).returns.tolist() == returns


def test_a_failure_differs_by_the_turn_alone() -> None:
    trace = shown(0.5, 2)

    assert trace.actions[0].tolist() == [2, 0, 0, 0, 0, 0, 1]
    assert trace.actions[1].tolist() == [2, 0, 0, 0, 0, 0, 3]


def test_more_than_all_cannot_succeed() -> None:
    with pytest.raises(BadInput, match="Demonstrations's success is 2; give 0 to 1"):
        shown(2.0, 1)


def test_rooms_are_not_demonstrated() -> None:
    with pytest.raises(BadInput, match="demonstrations are of T-mazes"):
        shown(1.0, 1, "darkroom")
