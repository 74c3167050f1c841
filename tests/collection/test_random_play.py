"""Random play draws evenly, and for each episode its own."""

import numpy as np
import pytest

from decision_mamba.collection.random_play import RandomPlay
from decision_mamba.errors import BadInput
from decision_mamba.spaces import Continuous, Discrete


def test_every_choice_has_the_same_chance() -> None:
    actor = RandomPlay(Discrete(4), seed=0)
    actor.reset(2)

    drawn = np.concatenate([actor.act(np.zeros((2, 1), np.float32)) for _ in range(2000)])

    assert np.bincount(drawn) / 4000 == pytest.approx(0.25, abs=0.03)


def test_numbers_lie_evenly_between_their_bounds() -> None:
    actor = RandomPlay(Continuous((-2.0, 5.0), (2.0, 6.0)), seed=0)
    actor.reset(3)

    drawn = np.concatenate([actor.act(np.zeros((3, 1), np.float32)) for _ in range(1000)])

    assert drawn.dtype == np.float32
    assert drawn.min(axis=0) == pytest.approx([-2.0, 5.0], abs=0.02)
    assert drawn.max(axis=0) == pytest.approx([2.0, 6.0], abs=0.02)
    assert drawn.mean(axis=0) == pytest.approx([0.0, 5.5], abs=0.1)


def test_an_episode_draws_the_same_whatever_is_played_beside_it() -> None:
    together, alone = (RandomPlay(Discrete(1000), seed=3) for _ in range(2))
    seen = np.zeros((1, 1), np.float32)

    together.reset(3)
    beside = [together.act(seen.repeat(3, axis=0))]
    together.keep(np.array([False, True, True]))
    beside.append(together.act(seen.repeat(2, axis=0)))
    alone.reset(1)
    alone.reset(1)
    by_itself = [alone.act(seen)[0], alone.act(seen)[0]]

    assert [beside[0][1], beside[1][0]] == by_itself


def test_numbers_without_bounds_are_refused() -> None:
    with pytest.raises(BadInput, match=r"between \(-1.0,\) and \(inf,\), where none can be drawn"):
        RandomPlay(Continuous((-1.0,), (np.inf,)), seed=0)
