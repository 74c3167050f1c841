"""T-mazes are learned from their four episodes and played on both sides."""

import pytest

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers.corridors import presets
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models import Hybrid, Model

EXPERIMENTS = {one.name: one.experiment for one in presets()}


@pytest.mark.parametrize("corridor", ["1k", "2k", "5k", "10k", "20k"])
@pytest.mark.parametrize("family", ["dt", "dm", "dmh"])
def test_the_context_is_the_whole_corridor(family: str, corridor: str) -> None:
    for word in ("", "-small"):
        one = EXPERIMENTS[f"{family}/tmaze-{corridor}{word}"]

        assert one.windows.length == int(corridor[:-1]) * 1000 + 1
        assert (one.evaluation.targets, one.evaluation.episodes) == ((1.0,), 20)
        assert one.data == (f"histories-tmaze-{corridor}",)
        assert one.training.batch_size == 4


def test_every_update_has_all_outcomes_and_a_state_is_taught_the_turn() -> None:
    four = Contexting(episodes=1, balanced=True, success=0.75)
    turn = Contexting(episodes=1, balanced=True, success=0.75, last_step=0.5)

    assert EXPERIMENTS["dt/tmaze-1k-small"].contexts == four
    assert EXPERIMENTS["dm/tmaze-1k-small"].contexts == turn
    assert EXPERIMENTS["dmh/tmaze-1k-small"].contexts == turn


def test_mixers_differ_and_states_last() -> None:
    dt, dm, dmh = (EXPERIMENTS[f"{one}/tmaze-1k-small"].model for one in ("dt", "dm", "dmh"))

    assert isinstance(dt, Model)
    assert isinstance(dt.mixer, Attention)
    assert isinstance(dm, Model)
    assert dm.mixer == Selective(decay=0.1)
    assert isinstance(dmh, Hybrid)
    assert (dmh.memory, dmh.chunk) == (Selective(decay=0.1), 20)
