"""Every target is played from the same starts, and every episode is on record."""

import dataclasses
from typing import Any, Literal

import numpy as np
import pytest

from decision_mamba.envs import Reference
from decision_mamba.envs.preprocessing import Preprocessing
from decision_mamba.errors import BadInput
from decision_mamba.evaluation import Evaluation, evaluate, open_environment
from decision_mamba.evaluation.evaluate import scale
from decision_mamba.result import Played
from decision_mamba.seeding import Seeds
from decision_mamba.shapes import PlayedActions, PlayedObservations, PlayedRewards
from decision_mamba.spaces import Continuous, Discrete, Image, Spaces, Vector

PONG = Spaces(Image(36, 36), Discrete(6))
QUICK = Preprocessing(size=36, frame_skip=60)
HOPPER = Spaces(Vector(11), Continuous((-1.0,) * 3, (1.0,) * 3))


class Obedient:
    """Earns its target at every step."""

    def __init__(self, target: float | None) -> None:
        self.target = -1.0 if target is None else target

    def reset(self, copies: int) -> None:
        pass

    def act(self, observations: PlayedObservations) -> PlayedActions:
        return np.full((len(observations), 1), self.target, np.float32)

    def observe(self, rewards: PlayedRewards) -> None:
        pass

    def keep(self, rows: np.ndarray) -> None:
        pass


def play(purse: Any, settings: Evaluation, seed: int = 7) -> list[Played]:
    return list(evaluate(purse, Obedient, settings, seeds=Seeds(seed), update=500))


def test_every_target_is_played_for_every_episode_from_the_same_starts(purse: Any) -> None:
    settings = Evaluation(episodes=6, targets=(5.0, 3.0), mode="recurrent")

    played = play(purse, settings)

    lengths = [2 + start % 2 for start in Seeds(7).environments(6)]
    assert sorted(set(lengths)) == [2, 3]
    for target in (5.0, 3.0):
        scores = {p.episode: (p.total_reward, p.length) for p in played if p.target == target}
        assert scores == {i: (target * length, length) for i, length in enumerate(lengths)}
    assert len(played) == 12
    assert purse.started[:2] == purse.started[2:]


def test_a_row_says_what_was_played_how_and_after_what(purse: Any) -> None:
    settings = Evaluation(episodes=1, targets=(5.0,), mode="recurrent")

    [row] = play(purse, settings)

    length = 2 + Seeds(7).environments(1)[0] % 2
    assert row == Played(
        update=500,
        task="Purse-v0",
        mode="recurrent",
        target=5.0,
        seed=7,
        episode=0,
        total_reward=5.0 * length,
        length=length,
    )


def test_rows_come_while_the_rest_is_still_to_be_played(purse: Any) -> None:
    settings = Evaluation(episodes=8, targets=(5.0, 3.0))

    next(evaluate(purse, Obedient, settings, seeds=Seeds(7), update=0))

    assert len(purse.started) == 1


def test_a_policy_without_target_is_played_once(purse: Any) -> None:
    played = play(purse, Evaluation(episodes=2))

    assert [row.target for row in played] == [None, None]
    assert all(row.total_reward == -row.length for row in played)


def test_another_run_seed_starts_elsewhere(purse: Any) -> None:
    play(purse, Evaluation(episodes=2), seed=7)
    play(purse, Evaluation(episodes=2), seed=8)

    assert purse.started[0] != purse.started[1]


def test_the_papers_play_a_hundred_episodes_in_windows() -> None:
    settings = Evaluation()

    assert (settings.episodes, settings.mode, settings.every) == (100, "window", 10_000)


def test_a_fitting_task_is_opened_with_no_more_copies_than_episodes() -> None:
    environment = open_environment(Evaluation(task="Hopper-v4", episodes=5), HOPPER)

    assert (environment.task, environment.copies) == ("Hopper-v4", 5)


@pytest.mark.parametrize("noise_on", ["every", "first"])
def test_noise_lies_on_what_the_task_shows(noise_on: Literal["every", "first"]) -> None:
    plain = Evaluation(task="Hopper-v4", episodes=1)
    exact = open_environment(plain, HOPPER)
    noisy = open_environment(dataclasses.replace(plain, noise=0.1, noise_on=noise_on), HOPPER)
    still = np.zeros((1, 3), np.float32)

    first = noisy.reset([0]) - exact.reset([0])
    second = [one.step(np.array([0]), still).observations for one in (noisy, exact)]

    assert (np.abs(first) > 0).all()
    assert (second[0] == second[1]).all() == (noise_on == "first")


def test_a_policy_of_other_sizes_is_refused_with_both() -> None:
    with pytest.raises(
        BadInput,
        match="made for 11 observation and 3 action numbers, "
        "but Walker2d-v4 has 17 observation and 6 action numbers",
    ):
        open_environment(Evaluation(task="Walker2d-v4"), HOPPER)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (Evaluation(), "no task to play"),
        (Evaluation(task="Hopper-v4", episodes=0), "episodes is 0"),
        (Evaluation(task="Hopper-v4", copies=0), "copies is 0"),
        (Evaluation(task="Hopper-v4", noise=-0.1), "noise is -0.1; give a standard deviation"),
        (Evaluation(task="Hopper-v4", noise=float("nan")), "noise is nan"),
        (Evaluation(task="Hopper-v4", targets=(float("nan"),)), "target is nan"),
        (Evaluation(task="Hopper-v4", targets=(3600.0, float("inf"))), "target is inf"),
    ],
)
def test_settings_that_cannot_be_played_are_refused(settings: Evaluation, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        open_environment(settings, HOPPER)


class Seeing:
    """Presses what the screen says."""

    def reset(self, copies: int) -> None:
        pass

    def act(self, observations: PlayedObservations) -> PlayedActions:
        assert observations.dtype == np.uint8
        pressed: np.ndarray = observations.sum(axis=(1, 2)) % 6
        return pressed

    def observe(self, rewards: PlayedRewards) -> None:
        pass

    def keep(self, rows: np.ndarray) -> None:
        pass


def test_a_game_is_played_alike_alone_and_side_by_side() -> None:
    pytest.importorskip("ale_py")
    pytest.importorskip("cv2")
    settings = Evaluation(task="ALE/Pong-v5", episodes=2, preprocessing=QUICK)
    one_by_one = dataclasses.replace(settings, copies=1)

    scores = []
    for how in (settings, one_by_one):
        environment = open_environment(how, PONG)
        played = evaluate(environment, lambda _: Seeing(), how, seeds=Seeds(0), update=0)
        scores.append({one.episode: (one.total_reward, one.length) for one in played})

    assert scores[0] == scores[1]
    assert [scores[0][i][0] for i in range(2)] == pytest.approx([-20, -20], abs=2)


@pytest.mark.parametrize(
    ("policy", "settings", "sentence"),
    [
        (
            HOPPER,
            Evaluation(task="ALE/Pong-v5"),
            "made for 11 observation and 3 action numbers, but ALE/Pong-v5 has "
            "4 frames of 84 x 84 and a choice of 6 actions; give the task",
        ),
        (
            PONG,
            Evaluation(task="Hopper-v4"),
            "made for 4 frames of 36 x 36 and a choice of 6 actions, but Hopper-v4 has 11",
        ),
        (PONG, Evaluation(task="ALE/Pong-v5"), "84 x 84 .* give a preprocessing of size 36"),
        (
            PONG,
            Evaluation(task="ALE/Breakout-v5", preprocessing=QUICK),
            "a choice of 6 actions, but ALE/Breakout-v5 has .* a choice of 4 actions",
        ),
        (
            PONG,
            Evaluation(task="ALE/Pong-v5", preprocessing=QUICK, noise=0.1),
            "lies on observation numbers and ALE/Pong-v5 shows frames; leave it at 0",
        ),
        (HOPPER, Evaluation(task="Hopper-v4", preprocessing=QUICK), "Hopper-v4 is no Atari game"),
    ],
)
def test_what_does_not_fit_a_screen_is_refused(
    policy: Spaces, settings: Evaluation, sentence: str
) -> None:
    pytest.importorskip("ale_py")
    pytest.importorskip("cv2")

    with pytest.raises(BadInput, match=sentence):
        open_environment(settings, policy)


def test_returns_are_normalised_by_the_references_asked_for() -> None:
    exact = Evaluation(task="ALE/Breakout-v5")
    rounded = dataclasses.replace(exact, references="rounded")

    assert scale(exact) == Reference(1.7, 30.5)
    assert scale(rounded) == Reference(2.0, 30.0)
    assert scale(Evaluation()) is None


@pytest.mark.parametrize("task", ["Hopper-v4", "ALE/Boxing-v5"])
def test_rounded_references_that_nobody_has_are_refused(task: str) -> None:
    with pytest.raises(BadInput, match=f"no rounded references of {task}: DeMa has them of eight"):
        open_environment(Evaluation(task=task, references="rounded"), HOPPER)
