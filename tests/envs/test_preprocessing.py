"""The screen is preprocessed as DQN has it, and where there is no screen nothing is."""

import pytest

from decision_mamba.envs import make
from decision_mamba.envs.preprocessing import Preprocessing
from decision_mamba.errors import BadInput


def test_the_defaults_are_those_of_dqn() -> None:
    dqn = Preprocessing()

    assert (dqn.frame_skip, dqn.size, dqn.most_noops, dqn.resize) == (4, 84, 30, "area")
    assert not dqn.life_loss_ends


@pytest.mark.parametrize("task", ["Hopper-v4", "darkroom", "CartPole-v1"])
def test_a_task_without_a_screen_takes_none(task: str) -> None:
    with pytest.raises(BadInput, match=f"{task} is no Atari game, .* got Preprocessing.*leave it"):
        make(task, 1, preprocessing=Preprocessing(repeat_action_probability=0.0))


def test_a_game_takes_it() -> None:
    pytest.importorskip("ale_py")
    pytest.importorskip("cv2")

    environment = make("ALE/Pong-v5", 1, preprocessing=Preprocessing(frame_skip=2, size=42))

    assert environment.spaces.observation.shape == (42, 42)
    assert environment.horizon == 54_000


@pytest.mark.parametrize(
    ("given", "task", "chance"),
    [
        (None, "ALE/Pong-v5", 0.25),
        (None, "PongNoFrameskip-v4", 0.0),
        (0.0, "ALE/Pong-v5", 0.0),
        (0.5, "PongNoFrameskip-v4", 0.5),
    ],
)
def test_the_chance_in_force_is_the_task_s_unless_one_is_given(
    given: float | None, task: str, chance: float
) -> None:
    assert Preprocessing(repeat_action_probability=given).chance_in(task) == chance
