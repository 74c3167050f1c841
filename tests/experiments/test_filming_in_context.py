"""One copy's consecutive episodes are filmed and drawn as they were played."""

from pathlib import Path
from typing import Any

import imageio.v3 as imageio
import numpy as np
import pytest

from decision_mamba.evaluation import Evaluation
from decision_mamba.evaluation.in_context import Stage, stage
from decision_mamba.experiments import filming_in_context as module
from decision_mamba.experiments.filming import film_or_say_why_not
from decision_mamba.held_out import HeldOut
from decision_mamba.models import Perceptron, Policy
from decision_mamba.models.memory import Acting
from decision_mamba.moments import Moments
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Discrete, Spaces, Vector
from tests.evaluation.sweeping import FIRST, LATER, Sweeper


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> tuple[Policy, Stage]:
    spaces, acting = Spaces(Vector(2), Discrete(5)), Acting(lasting=True, held_out=HeldOut())
    moments = Moments(np.zeros(2, np.float32), np.ones(2, np.float32))
    settings = Evaluation(task="darkroom", episodes=2, consecutive=2)
    drawn = stage(settings, spaces, acting, Seeds(0))
    assert drawn.instances is not None
    drawn.instances[:] = 36  # the goal in the left end of the centre's row

    def player(*_: Any, seed: int) -> Any:
        assert seed == 0
        return lambda _: Sweeper()

    monkeypatch.setattr(module, "player", player)
    return Perceptron(width=8, blocks=1).build(spaces, moments, acting), drawn


def test_a_film_shows_every_step_of_every_episode(
    ready: tuple[Policy, Stage], tmp_path: Path
) -> None:
    path = tmp_path / "ways.gif"

    earned = module.film_in_context(ready[0], path, ready[1])

    assert earned == [FIRST[0], LATER[0]]
    assert len(imageio.imread(path)) <= 2 * 21


def test_a_run_that_films_shows_consecutive_episodes(
    ready: tuple[Policy, Stage], tmp_path: Path
) -> None:
    policy, drawn = ready

    film_or_say_why_not(policy, tmp_path / "run.gif", drawn.settings, seed=0)

    assert (tmp_path / "run.gif").read_bytes().startswith(b"GIF")


def test_a_picture_tells_what_each_episode_earned(
    ready: tuple[Policy, Stage], tmp_path: Path
) -> None:
    path = tmp_path / "ways.png"

    earned = module.picture_in_context(ready[0], path, ready[1])

    assert earned == [FIRST[0], LATER[0]]
    assert imageio.imread(path).shape[2] == 4
