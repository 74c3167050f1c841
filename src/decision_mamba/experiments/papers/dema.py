"""DeMa: Dai et al. 2024, arXiv:2405.12094, appendix D.1 and official Gym code."""

import dataclasses

from decision_mamba.data.returns import Curation
from decision_mamba.data.windows import Windowing
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers import gym
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

# Six data sets have their rewards delayed in table 13. Its text does not name them; these are the
# six of table 17.
DELAYED = ("medium", "medium-replay")

# Pre up-projection: stacked Mamba blocks. The variants are settings of it: `tokens` concatenated
# ("BL3D") or return-once (reward type "K"), and `timesteps` 1000 for the time embedding.
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

# Post up-projection: the scan alone in Decision Transformer's block and among its tokens.
POST = Model(
    mixer=Selective(state=64, up_projection="post"),
    width=128,
    blocks=3,
    activation="relu",
    timesteps=0,
)


def presets() -> list[Preset]:
    """The nine Gym tasks, and those with delayed rewards.

    Deviations from the published runs: training gives each state its own return, as evaluation
    does (`--model.alignment published` gives it the one before), and learns from the first step
    of an episode too; padding is at the end (`--windows.pad left`). K is the code's 20 where the
    paper takes the best of 8 to 20 for each task (`--windows.length`). The paper's blocks are
    without a time embedding; its published command line has one by accident, because it reads
    "False" as true (`--model.timesteps 1000`).
    """
    tasks = [(robot, level) for robot in ROBOTS for level in LEVELS]
    dense = [_preset(robot, level, Curation()) for robot, level in tasks]
    late = Curation(rewards="delayed")
    return dense + [_preset(robot, level, late) for robot, level in tasks if level in DELAYED]


def _preset(robot: Robot, level: str, curation: Curation) -> Preset:
    task = f"{robot.name}-{level}"
    name = f"{task}-delayed" if curation.rewards == "delayed" else task
    experiment = Experiment(
        preset=f"dema/{name}",
        data=data_sets(robot, level),
        model=_model(task, level),
        windows=Windowing(length=20),
        curation=curation,
        training=gym.training(task),
        evaluation=gym.evaluation(robot, TARGETS),
        seed=SEEDS[0],
    )
    return Preset(experiment, paper=PAPER, task=name, spaces=robot.spaces, seeds=SEEDS)


def _model(task: str, level: str) -> Model:
    return dataclasses.replace(
        MODEL,
        width=128 if level == "medium-expert" else 64,  # appendix D.1
        embedding=256 if task in gym.WIDE else 128,
    )
