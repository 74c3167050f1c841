"""Decision S4: David et al. 2023, arXiv:2306.05167, as DeMa's authors carry it over."""

import dataclasses

from decision_mamba.data.windows import Windowing
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers import atari, gym
from decision_mamba.experiments.papers.atari import GAMES, Game
from decision_mamba.experiments.papers.gym import LEVELS, ROBOTS, Robot, data_sets
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.mixers import StateSpace
from decision_mamba.models.policy import Model
from decision_mamba.training.optimiser import Training

PAPER = "David et al. 2023, arXiv:2306.05167"

# Decision Transformer's, whose protocol it is compared by: official code, `experiment.py`.
TARGETS = {
    "hopper": (3600.0, 1800.0),
    "halfcheetah": (12000.0, 6000.0),
    "walker2d": (5000.0, 2500.0),
}

# No code of the authors is known; these are ours.
SEEDS = (0, 1, 2)

# What DeMa's authors carry over to Atari (Dai et al. 2024, arXiv:2405.12094, official code,
# `atari/models/ds4.py` and `Ds4Config`): embeddings of 128, bent by tanh and side by side, two
# linear maps to 128, S4 without norm and without residual path, a linear head without bias. Six
# layers there; three is the default of a public descendant of Decision S4's Gym code that is for
# many agents (`s4_muj.py`), which has the same layers.
MODEL = Model(
    mixer=StateSpace(kernel="s4", measure="legs", state=64),
    width=128,
    blocks=3,
    channel_mixing=False,
    embedding_dropout=0.0,
    tokens="concatenated",
    timesteps=0,
    embedding=128,
    embedding_bend="tanh",
    embedding_norm=False,
    projection="two-layer",
    residual=False,
    mixer_norm="none",
    final_norm="none",
    head_bias=False,
)

# Hopper's and its like's episodes end after 1,000 steps at the latest: gradients reach every one.
WHOLE = Windowing(length=1000, whole=True)

# Not known of the Gym runs: eight episodes in a batch, as in that Atari code; the rest is Decision
# Transformer's.
TRAINING = Training(updates=100_000, batch_size=8, learning_rate=1e-4, warmup=10_000)


# That Atari code: eight episodes in a batch, and ten epochs, here of some 500 episodes. Gradients
# reach back 100 steps, so that memory does not grow with an episode.
ATARI_TRAINING = dataclasses.replace(
    atari.training(batch_size=8, epochs=10),
    updates=10 * 500 // 8,
    learning_rate=1e-4,
    weight_decay=1e-4,
    decayed="all but norms",
    clip=0.8,
)


def presets() -> list[Preset]:
    """The nine Gym tasks, all with the same settings, and eight Atari games, by whole episodes.

    Its first stage, which learns from logged episodes; the second, on-policy and with a critic, is
    not this library's. No code of the authors is known: the sizes are those of other code (above),
    targets and training are Decision Transformer's, and no figure of the paper is promised.

    The diagonal form is a setting of it: `--model.mixer.kernel s4d`, with `--model.mixer.measure`
    legs, lin or inv.

    Bare layers let little of the input through at first; `--model.residual` leads it past them.
    """
    tasks = [_preset(robot, level) for robot in ROBOTS for level in LEVELS]
    return [*tasks, *(_atari(game) for game in GAMES)]


def _preset(robot: Robot, level: str) -> Preset:
    task = f"{robot.name}-{level}"
    experiment = Experiment(
        preset=f"ds4/{task}",
        data=data_sets(robot, level),
        model=MODEL,
        windows=WHOLE,
        training=TRAINING,
        evaluation=dataclasses.replace(gym.evaluation(robot, TARGETS), mode="recurrent"),
        seed=SEEDS[0],
    )
    return Preset(experiment, paper=PAPER, task=task, spaces=robot.spaces, seeds=SEEDS)


def _atari(game: Game) -> Preset:
    evaluation = atari.evaluation(game, every=ATARI_TRAINING.updates // 10)
    return atari.preset(
        PAPER,
        f"ds4/{game.name}",
        game,
        model=dataclasses.replace(MODEL, blocks=6, return_scale=1.0),
        windows=Windowing(length=100, whole=True),
        training=ATARI_TRAINING,
        evaluation=dataclasses.replace(evaluation, mode="recurrent"),
    )
