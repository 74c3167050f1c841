"""Atari games show what Gymnasium's own wrappers show, by their seeds alone."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from decision_mamba.envs import make
from decision_mamba.envs.preprocessing import Preprocessing
from decision_mamba.errors import BadInput
from decision_mamba.spaces import Discrete, Image

ale_py = pytest.importorskip("ale_py")
pytest.importorskip("cv2")

from decision_mamba.envs.atari import Atari  # noqa: E402  # needs both


def gymnasiums(game: str, sticky: float, *, life_loss_ends: bool = False) -> Any:
    """The game behind Gymnasium's own preprocessing."""
    # Not through gymnasium.make, which tells of every version on stdout.
    game_itself = ale_py.env.AtariEnv(game, frameskip=1, repeat_action_probability=sticky)
    return gymnasium.wrappers.AtariPreprocessing(game_itself, terminal_on_life_loss=life_loss_ends)


@pytest.mark.parametrize(
    ("task", "game", "sticky"),
    [("ALE/Breakout-v5", "breakout", 0.25), ("PongNoFrameskip-v4", "pong", 0.0)],
)
def test_a_thousand_steps_equal_those_of_gymnasium(task: str, game: str, sticky: float) -> None:
    ours, theirs = Atari(task, copies=1), gymnasiums(game, sticky)
    actions = np.random.default_rng(0).integers(theirs.action_space.n, size=1000)
    seed = 3
    shown, wanted = ours.reset([seed])[0], theirs.reset(seed=seed)[0]

    for action in actions:
        np.testing.assert_array_equal(shown, wanted)
        stepped = ours.step(np.array([0]), np.array([action]))
        wanted, reward, terminated, truncated, _ = theirs.step(action)
        shown = stepped.observations[0]
        assert stepped.rewards[0] == reward
        assert (stepped.terminated[0], stepped.truncated[0]) == (terminated, truncated)
        if terminated:
            np.testing.assert_array_equal(shown, wanted)
            seed += 1
            shown, wanted = ours.reset([seed])[0], theirs.reset(seed=seed)[0]


def test_an_episode_ends_with_a_life_where_that_is_asked_for() -> None:
    ours = Atari("BreakoutNoFrameskip-v4", 1, Preprocessing(life_loss_ends=True))
    theirs = gymnasiums("breakout", 0.0, life_loss_ends=True)
    ours.reset([1])
    theirs.reset(seed=1)

    lengths = [_steps_to_the_end(lambda: ended(ours)), _steps_to_the_end(lambda: theirs.step(1)[2])]

    assert lengths[0] == lengths[1] < 200


def ended(environment: Atari) -> bool:
    """Fires, and tells whether that ended the episode."""
    return bool(environment.step(np.array([0]), np.array([1])).terminated[0])


def _steps_to_the_end(step: Callable[[], bool]) -> int:
    return next(steps for steps in itertools.count(1) if step())


def test_copies_play_on_their_own() -> None:
    two, one = make("ALE/Pong-v5", 2), make("ALE/Pong-v5", 1)
    two.reset([5, 6])
    one.reset([6])

    for action in (2, 3, 4):
        together = two.step(np.array([0, 1]), np.array([0, action]))
        alone = one.step(np.array([0]), np.array([action]))

    np.testing.assert_array_equal(together.observations[1], alone.observations[0])


def test_a_game_tells_its_spaces_and_its_clock() -> None:
    environment = make("ALE/Seaquest-v5", 1)

    assert environment.spaces.observation == Image(84, 84, 4)
    assert environment.spaces.action == Discrete(18)
    assert (environment.horizon, environment.steps_per_second) == (27_000, 15.0)
    assert environment.reset([0]).dtype == np.uint8
    assert environment.render(0).shape == (210, 160, 3)


def test_the_clock_may_cut_the_last_step_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decision_mamba.envs.atari._FRAMES", 30)
    settings = Preprocessing(frame_skip=7, fewest_noops=0, most_noops=0)
    environment = make("PongNoFrameskip-v4", 1, preprocessing=settings)
    environment.reset([0])

    steps = _steps_to_the_end(
        lambda: bool(environment.step(np.array([0]), np.array([0])).truncated[0])
    )

    assert steps == environment.horizon == 5


def test_the_papers_way_of_resizing_gives_other_frames() -> None:
    area = Atari("PongNoFrameskip-v4", 1).reset([0])
    linear = Atari("PongNoFrameskip-v4", 1, Preprocessing(resize="linear")).reset([0])

    assert area.shape == linear.shape
    assert (area != linear).any()


@pytest.mark.parametrize("task", ["ALE/Tennnis-v5", "PingNoFrameskip-v4", "ALE/-v5"])
def test_a_game_that_is_not_known_is_told(task: str) -> None:
    with pytest.raises(BadInput, match="is no Atari task; give one such as ALE/Pong-v5"):
        make(task, 1)


@pytest.mark.parametrize(
    ("task", "meant"),
    [
        ("ALE/breakout-v5", "ALE/Breakout-v5"),
        ("MspacmanNoFrameskip-v4", "MsPacmanNoFrameskip-v4"),
        ("ALE/TicTacToe3d-v5", "ALE/TicTacToe3D-v5"),
    ],
)
def test_a_game_in_other_letters_is_told_as_it_is_spelt(task: str, meant: str) -> None:
    with pytest.raises(BadInput, match=f"^'{task}' is no Atari task; did you mean {meant}\\?$"):
        make(task, 1)


def test_a_missing_rom_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALE_ROMS_DIR", str(tmp_path))

    with pytest.raises(BadInput, match=r"the ROM of Pong cannot be read .* right pong\.bin$"):
        make("ALE/Pong-v5", 1)

    assert capsys.readouterr().out == ""


def test_another_file_in_the_place_of_a_rom_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pong.bin").write_bytes(b"no game")
    monkeypatch.setenv("ALE_ROMS_DIR", str(tmp_path))

    with pytest.raises(BadInput, match=r"cannot be read .*hash of pong\.bin does not match"):
        make("ALE/Pong-v5", 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (Preprocessing(repeat_action_probability=1.5), "chance to repeat an action is 1.5"),
        (Preprocessing(fewest_noops=5, most_noops=4), "5 to 4 no-ops"),
        (Preprocessing(frame_skip=0), "whole numbers from 1"),
    ],
)
def test_settings_that_make_no_sense_are_told(wrong: Preprocessing, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        Atari("ALE/Pong-v5", 1, wrong)


def test_no_copy_is_none() -> None:
    with pytest.raises(BadInput, match="0 copies of ALE/Pong-v5"):
        make("ALE/Pong-v5", 0)
