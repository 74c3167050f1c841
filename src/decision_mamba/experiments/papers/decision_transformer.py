"""Decision Transformer: Chen et al. 2021, arXiv:2106.01345, official code for Gym and Atari."""

import dataclasses

from decision_mamba.data.windows import Windowing
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers import atari, gym
from decision_mamba.experiments.papers.atari import GAMES, Game
from decision_mamba.experiments.papers.gym import LEVELS, ROBOTS, Robot, data_sets
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.mixers import Attention
from decision_mamba.models.policy import Model
from decision_mamba.training.optimiser import Training

PAPER = "Chen et al. 2021, arXiv:2106.01345"

# Official code, `experiment.py`.
TARGETS = {
    "hopper": (3600.0, 1800.0),
    "halfcheetah": (12000.0, 6000.0),
    "walker2d": (5000.0, 2500.0),
}

# The official Gym code sets no seed; these are ours.
SEEDS = (0, 1, 2)

MODEL = Model(mixer=Attention(heads=1, dropout=0.1), width=128, blocks=3, activation="relu")
TRAINING = Training(updates=100_000, batch_size=64, learning_rate=1e-4, warmup=10_000)


def presets() -> list[Preset]:
    """The nine Gym tasks, all with the same settings, and eight Atari games.

    The paper has four of the games; the others are Decision ConvFormer's runs of it (Kim et al.
    2024, arXiv:2310.03022, official Atari code), which have ten epochs and not five.

    Deviations from the published Atari runs: windows lie within one episode, padded at its end; a
    window's tokens are told the time of its first step when acting as when learning, where the
    official code tells that of the present one when acting; and what `papers/atari.py` says of
    rewards and of the learning rate.
    """
    tasks = [_preset(robot, level) for robot in ROBOTS for level in LEVELS]
    return [*tasks, *(_atari(game) for game in GAMES)]


def _preset(robot: Robot, level: str) -> Preset:
    task = f"{robot.name}-{level}"
    experiment = Experiment(
        preset=f"dt/{task}",
        data=data_sets(robot, level),
        model=MODEL,
        windows=Windowing(length=20),
        training=TRAINING,
        evaluation=gym.evaluation(robot, TARGETS),
        seed=SEEDS[0],
    )
    return Preset(experiment, paper=PAPER, task=task, spaces=robot.spaces, seeds=SEEDS)


def _atari(game: Game) -> Preset:
    is_pong = game.name == "pong"
    training = atari.training(512 if is_pong else 128, 5 if game in GAMES[:4] else 10)
    return atari.preset(
        PAPER,
        f"dt/{game.name}",
        game,
        model=dataclasses.replace(atari.MODEL, mixer=Attention(heads=8, dropout=0.1)),
        windows=Windowing(length=50 if is_pong else 30),
        training=training,
        evaluation=atari.evaluation(game, every=atari.STEPS // training.batch_size),
    )
