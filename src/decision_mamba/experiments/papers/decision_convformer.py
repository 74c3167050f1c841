"""Decision ConvFormer: Kim et al. 2024, arXiv:2310.03022, official code for Gym and Atari."""

import dataclasses

from decision_mamba.data.windows import Windowing
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers import atari, gym
from decision_mamba.experiments.papers.atari import GAMES, Game
from decision_mamba.experiments.papers.gym import LEVELS, ROBOTS, Robot, data_sets
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.mixers import Attention, Convolution
from decision_mamba.models.policy import Model

PAPER = "Kim et al. 2024, arXiv:2310.03022"

# Official code, `get_env_info`: a return within the data, then twice that, ten times and twenty.
TARGETS = {
    "hopper": (3600.0, 7200.0, 36000.0, 72000.0),
    "halfcheetah": (12000.0, 24000.0, 120000.0, 240000.0),
    "walker2d": (5000.0, 10000.0, 50000.0, 100000.0),
}

# The official Gym code sets no seed; these are ours.
SEEDS = (0, 1, 2)

# Official Atari code, `run.sh`: the games whose convolutions are followed by a linear map.
PROJECTED = ("qbert", "seaquest", "frostbite", "assault")


def presets() -> list[Preset]:
    """The nine Gym tasks, eight Atari games, and all of them by the hybrid.

    For Gym, three blocks of six taps see 16 tokens, fewer than a window of 8 steps has: recurrent
    mode decides as window mode does, at any age of an episode.

    The hybrid has attention in the last block (official code, "conv-attn"). The paper has it for
    Atari only; for Gym its attention is that of Decision Transformer there.

    Deviation from the published runs, with the setting that undoes it: the side of the padding
    (`--windows.pad left`), which the convolutions see there.
    """
    tasks = [_preset(robot, level) for robot in ROBOTS for level in LEVELS]
    hybrids = [one.variant("hybrid", {"model.last_mixer": Attention()}) for one in tasks]
    games = [_atari(game) for game in GAMES]
    last = {"model.last_mixer": Attention(heads=8, dropout=0.1)}
    return [*tasks, *hybrids, *games, *(one.variant("hybrid", last) for one in games)]


def _preset(robot: Robot, level: str) -> Preset:
    task = f"{robot.name}-{level}"
    experiment = Experiment(
        preset=f"dc/{task}",
        data=data_sets(robot, level),
        model=Model(mixer=Convolution(), width=256 if task in gym.WIDE else 128, blocks=3),
        windows=Windowing(length=8),
        training=gym.training(task),
        evaluation=gym.evaluation(robot, TARGETS),
        seed=SEEDS[0],
    )
    return Preset(experiment, paper=PAPER, task=task, spaces=robot.spaces, seeds=SEEDS)


def _atari(game: Game) -> Preset:
    training = atari.training(512 if game.name == "pong" else 128, epochs=10)
    mixer = Convolution(projected=game.name in PROJECTED)
    return atari.preset(
        PAPER,
        f"dc/{game.name}",
        game,
        model=dataclasses.replace(atari.MODEL, mixer=mixer),
        windows=Windowing(length=8),
        training=training,
        evaluation=atari.evaluation(game, every=atari.STEPS // training.batch_size),
    )
