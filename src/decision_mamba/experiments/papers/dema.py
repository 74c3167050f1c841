"""DeMa: Dai et al. 2024, arXiv:2405.12094, appendix D and official code."""

import dataclasses

from decision_mamba.data.windows import Windowing
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers import atari, gym
from decision_mamba.experiments.papers.atari import GAMES, Game
from decision_mamba.experiments.papers.gym import LEVELS, ROBOTS, Robot, data_sets
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.mixers import Selective
from decision_mamba.models.policy import Model

PAPER = "Dai et al. 2024, arXiv:2405.12094"

# Official code, `experiment.py`: a return within the data, then twice that, ten times and twenty.
TARGETS = {
    "hopper": (3600.0, 7200.0, 36000.0, 72000.0),
    "halfcheetah": (12000.0, 24000.0, 120000.0, 240000.0),
    "walker2d": (5000.0, 10000.0, 50000.0, 100000.0),
}

# The paper has three seeds and names none; the first is the official code's default.
SEEDS = (123, 124, 125)

# Official Atari code: returns above those of Decision Transformer, which its own exceeded.
ATARI_TARGETS = {
    "breakout": (90.0, 150.0, 180.0),
    "qbert": (14000.0, 12000.0, 8000.0),
    "pong": (20.0,),
    "seaquest": (1150.0, 1450.0, 1750.0),
    "asterix": (900.0, 1000.0, 1100.0),
    "frostbite": (1200.0, 1450.0, 1700.0),
    "assault": (1200.0, 1500.0, 1800.0),
    "gopher": (6500.0,),
}

# Six data sets have their rewards delayed in table 13. Its text does not name them; these are the
# six of table 17.
DELAYED = ("medium", "medium-replay")

# Pre up-projection: stacked Mamba blocks. What differs from it in one thing is a neighbour
# (`experiments/ablation.py`): tokens concatenated ("BL3D"), the return once per window (reward type
# "K"), and the time embedding.
MODEL = Model(
    mixer=Selective(state=64),
    width=64,
    blocks=3,
    channel_mixing=False,
    embedding_dropout=0.0,
    tokens="return-action-state",
    timesteps=0,
    embedding=128,
    embedding_norm=False,
    mixer_norm="rms",
    final_norm="rms",
    depth_scaled=True,
)

# For Atari: six blocks of 128, of a state of 64, which is the size that makes it as much smaller
# than Decision Transformer as the abstract says; the official code's `MambaConfig` has 128.
ATARI = dataclasses.replace(
    MODEL,
    width=128,
    blocks=6,
    embedding_dropout=0.1,
    tokens="action-return-state",
    embedding_bend="tanh",
    head_bias=False,
    return_scale=1.0,
)

# Post up-projection: the scan alone in Decision Transformer's block and among its tokens. The
# paper gives no width for it; this is the official code's default.
POST = Model(
    mixer=Selective(state=64, up_projection="post"),
    width=128,
    blocks=3,
    activation="relu",
    timesteps=0,
)

# RNN-like: whole episodes instead of windows, and a state that is carried. The official code takes
# 64 episodes by default, and gradients through all of each at once. Here gradients reach back 100
# steps, 300 tokens, so that memory does not grow with an episode; and an update has 8 episodes, the
# batch that the paper gives for Atari (appendix D.2): of 1,000 steps each they hold six times as
# many steps as 64 windows of 20 do.
RECURRENT = {
    "windows.whole": True,
    "windows.length": 100,
    "training.batch_size": 8,
    "evaluation.mode": "recurrent",
}


def presets() -> list[Preset]:
    """Nine Gym tasks, six with delayed rewards, all nine post up-projection and RNN-like; Atari.

    Post up-projection is the paper's table 4, RNN-like its tables 1, 11 and 12. The rest of its
    variants are neighbours: `dema/hopper-medium:time-embedding` (table 17), `:concatenated`
    (table 2, which is of Atari) and `:return-once` (reward type "K", in no table).

    Deviations from the published runs: training gives each state its own return, as evaluation
    does (`--model.alignment published` gives it the one before), and learns from the first step
    of an episode too; padding is at the end (`--windows.pad left`). K is the code's 20 where the
    paper takes the best of 8 to 20 for each task (`--windows.length`). The paper's blocks are
    without a time embedding; its published command line has one by accident, because it reads
    "False" as true (`--model.timesteps 1000`). Post up-projection is evaluated with the actions
    where it has learned them, which the official code shifts by a step.

    The Transformer-like runs of eight Atari games "mostly follow" Decision Transformer (appendix
    D.2), with K = 8 for Qbert and Frostbite; epochs are the official code's. `:concatenated` is
    its BL3D here too.
    """
    dense = [_preset(robot, level) for robot in ROBOTS for level in LEVELS]
    late = [_delayed(_preset(robot, level)) for robot in ROBOTS for level in DELAYED]
    post = [one.variant("post", {"model": POST}) for one in dense]
    recurrent = [one.variant("rnn", RECURRENT) for one in dense]
    return [*dense, *late, *post, *recurrent, *(_atari(game) for game in GAMES)]


def _preset(robot: Robot, level: str) -> Preset:
    task = f"{robot.name}-{level}"
    experiment = Experiment(
        preset=f"dema/{task}",
        data=data_sets(robot, level),
        model=_model(task, level),
        windows=Windowing(length=20),
        training=gym.training(task),
        evaluation=gym.evaluation(robot, TARGETS),
        seed=SEEDS[0],
    )
    return Preset(experiment, paper=PAPER, task=task, spaces=robot.spaces, seeds=SEEDS)


def _delayed(one: Preset) -> Preset:
    late = one.variant("delayed", {"curation.rewards": "delayed"})
    return dataclasses.replace(late, task=f"{one.task}-delayed")


def _model(task: str, level: str) -> Model:
    return dataclasses.replace(
        MODEL,
        width=128 if level == "medium-expert" else 64,  # appendix D.1
        embedding=256 if task in gym.WIDE else 128,
    )


def _atari(game: Game) -> Preset:
    training = atari.training(batch_size=128, epochs=10)
    return atari.preset(
        PAPER,
        f"dema/{game.name}",
        game,
        model=ATARI,
        windows=Windowing(length=8 if game.name in ("qbert", "frostbite") else 30),
        training=dataclasses.replace(training, decayed="all but norms"),
        evaluation=atari.evaluation(
            game, every=atari.STEPS // training.batch_size, targets=ATARI_TARGETS
        ),
    )
