"""A film, or the sentence why there is none."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from decision_mamba.envs.gym import Gym
from decision_mamba.errors import Failure
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.filming import film, film_or_say_why_not
from decision_mamba.experiments.papers.gym import HOPPER
from decision_mamba.mixers import Selective
from decision_mamba.models import Model, Perceptron, Policy
from decision_mamba.models.memory import Acting
from decision_mamba.moments import Moments

SETTINGS = Evaluation(task="Hopper-v4", targets=(1.0,))
MOMENTS = Moments(np.zeros(11, np.float32), np.ones(11, np.float32))


@pytest.fixture
def policy() -> Policy:
    model = Model(mixer=Selective(state=2), width=8, blocks=1)
    return model.build(HOPPER.spaces, MOMENTS, Acting(window=3))


def test_where_nothing_can_draw_the_sentence_is_kept(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(_self: Gym, _row: int) -> np.ndarray:
        raise Failure("nothing here can draw Hopper-v4")

    monkeypatch.setattr(Gym, "render", cannot)
    path = tmp_path / "video.mp4"
    path.write_text("the film of an earlier policy")

    film_or_say_why_not(policy, path, SETTINGS, seed=0)

    assert (tmp_path / "video.txt").read_text() == "nothing here can draw Hopper-v4\n"
    assert not path.exists()


def test_a_film_is_written_where_it_can_be(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    monkeypatch.setattr(Gym, "render", lambda _self, _row: picture)
    path = tmp_path / "video.mp4"
    (tmp_path / "video.txt").write_text("nothing here could draw")

    film_or_say_why_not(policy, path, SETTINGS, seed=0)

    assert path.stat().st_size > 0
    assert not (tmp_path / "video.txt").exists()


def test_a_film_that_cannot_be_written_does_not_end_the_run(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    monkeypatch.setattr(Gym, "render", lambda _self, _row: picture)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    path = tmp_path / "video.mp4"

    film_or_say_why_not(policy, path, SETTINGS, seed=0)

    assert "ffmpeg could not write the film" in (tmp_path / "video.txt").read_text()
    assert not path.exists()


def test_a_policy_without_target_is_filmed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gym, "render", lambda _self, _row: np.zeros((32, 32, 3), np.uint8))
    cloning = Perceptron(width=8).build(HOPPER.spaces, MOMENTS, Acting(window=3))

    film(cloning, tmp_path / "film.gif", Evaluation(task="Hopper-v4"), seed=0)

    assert (tmp_path / "film.gif").stat().st_size > 0


def test_the_filmed_episode_is_played_as_the_scored_ones(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gym, "render", lambda _self, _row: np.zeros((32, 32, 3), np.uint8))
    noisy = dataclasses.replace(SETTINGS, noise=0.5)
    path = tmp_path / "film.gif"

    assert film(policy, path, noisy, seed=0).earned != film(policy, path, SETTINGS, seed=0).earned
