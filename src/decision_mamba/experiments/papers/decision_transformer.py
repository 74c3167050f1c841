"""Decision Transformer: Chen et al. 2021, arXiv:2106.01345, official Gym code."""

from decision_mamba.data.windows import Windowing
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers import gym
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
    """The nine Gym tasks, all with the same settings."""
    return [_preset(robot, level) for robot in ROBOTS for level in LEVELS]


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
