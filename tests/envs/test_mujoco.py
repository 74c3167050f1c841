"""MuJoCo is quiet about the one thing nobody can mend, and about nothing else."""

import os
import subprocess
import sys

import mujoco
import pytest

from decision_mamba.envs.mujoco import drawing, quietly

DEPRECATED = """<mujoco><compiler settotalmass="3"/><worldbody><body>
<joint type="hinge"/><geom size="1"/></body></worldbody></mujoco>"""


def test_the_known_warning_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    with quietly():
        mujoco.MjModel.from_xml_string(DEPRECATED)

    assert capfd.readouterr() == ("", "")


def test_every_other_warning_comes_out_as_a_warning() -> None:
    with pytest.warns(RuntimeWarning, match="MuJoCo: the floor is gone"), quietly():
        mujoco.get_mju_user_warning()("the floor is gone")


def test_the_callback_of_before_is_back_afterwards() -> None:
    before = mujoco.get_mju_user_warning()

    with pytest.raises(KeyError), quietly():
        raise KeyError

    assert mujoco.get_mju_user_warning() is before


def test_a_choice_of_the_user_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJOCO_GL", "osmesa")

    with drawing():
        assert os.environ["MUJOCO_GL"] == "osmesa"


def test_a_screen_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")

    with drawing():
        assert "MUJOCO_GL" not in os.environ


def test_without_a_screen_egl_is_chosen_for_the_moment_of_drawing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("MUJOCO_GL", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("decision_mamba.envs.mujoco._try_egl", lambda: None)

    with drawing():
        assert os.environ["MUJOCO_GL"] == "egl"

    assert "MUJOCO_GL" not in os.environ


def test_a_graphics_library_that_cannot_be_loaded_is_said_in_one_sentence() -> None:
    play = "from decision_mamba.envs import make; make('Hopper-v4', 1)"
    environment = {**os.environ, "MUJOCO_GL": "nonsense"}

    done = subprocess.run(
        [sys.executable, "-c", play], env=environment, capture_output=True, text=True
    )

    last_line = done.stderr.rstrip().split("\n")[-1]
    assert last_line.startswith(
        "decision_mamba.errors.BadInput: MuJoCo cannot be loaded with MUJOCO_GL=nonsense"
    )
