"""A film, or the sentence why there is none."""

from pathlib import Path

import numpy as np
import pytest

from decision_mamba.envs.gym import Gym
from decision_mamba.errors import Failure
from decision_mamba.experiments.filming import film_or_say_why_not
from decision_mamba.experiments.papers.gym import HOPPER
from decision_mamba.mixers import Selective
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy import Model, SequencePolicy
from decision_mamba.moments import Moments


@pytest.fixture
def policy() -> SequencePolicy:
    moments = Moments(np.zeros(11, np.float32), np.ones(11, np.float32))
    model = Model(mixer=Selective(state=2), width=8, blocks=1)
    return SequencePolicy(model, HOPPER.spaces, moments, Acting(window=3))


def test_where_nothing_can_draw_the_sentence_is_kept(
    policy: SequencePolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(_self: Gym, _row: int) -> np.ndarray:
        raise Failure("nothing here can draw Hopper-v4")

    monkeypatch.setattr(Gym, "render", cannot)
    path = tmp_path / "video.mp4"
    path.write_text("the film of an earlier policy")

    film_or_say_why_not(policy, path, task="Hopper-v4", target=1.0, mode="window", seed=0)

    assert (tmp_path / "video.txt").read_text() == "nothing here can draw Hopper-v4\n"
    assert not path.exists()


def test_a_film_is_written_where_it_can_be(
    policy: SequencePolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    monkeypatch.setattr(Gym, "render", lambda _self, _row: picture)
    path = tmp_path / "video.mp4"
    (tmp_path / "video.txt").write_text("nothing here could draw")

    film_or_say_why_not(policy, path, task="Hopper-v4", target=1.0, mode="window", seed=0)

    assert path.stat().st_size > 0
    assert not (tmp_path / "video.txt").exists()


def test_a_film_that_cannot_be_written_does_not_end_the_run(
    policy: SequencePolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    monkeypatch.setattr(Gym, "render", lambda _self, _row: picture)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    path = tmp_path / "video.mp4"

    film_or_say_why_not(policy, path, task="Hopper-v4", target=1.0, mode="window", seed=0)

    assert "ffmpeg could not write the film" in (tmp_path / "video.txt").read_text()
    assert not path.exists()
