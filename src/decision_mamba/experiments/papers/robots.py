"""D4RL's robots in context: Huang et al. 2024, arXiv:2406.00079, DM-H and what it is held against.

`dt/hopper-medium` is Decision Transformer in windows of an episode, so the one that reads several
episodes is `dt/hopper-medium-in-context`. All other families here are in context only.
"""

import dataclasses

from decision_mamba.data.contexts import Contexting
from decision_mamba.data.windows import Windowing
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers import mazes
from decision_mamba.experiments.papers.algorithm_distillation import (
    ATTENTION,
    MAMBA,
    SMALL_ATTENTION,
    SMALL_MAMBA,
)
from decision_mamba.experiments.papers.decision_mamba_hybrid import HYBRID, PAPER
from decision_mamba.experiments.papers.decision_mamba_hybrid import SMALL as SMALL_HYBRID
from decision_mamba.experiments.papers.gym import LEVELS, ROBOTS, Robot, data_sets
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.models import Model, PolicySettings
from decision_mamba.training.optimiser import Training

# Appendix A: episodes of a context, of which the longest in D4RL have so many steps.
EPISODES, HORIZON = 4, 1000

# Returns to ask for: appendix A.
TARGETS = {"hopper": 3600.0, "halfcheetah": 12000.0, "walker2d": 5000.0}

# Official D4RL code, whose episodes ascend by return.
ASCENDING = Contexting(
    episodes=EPISODES, chosen="anywhere", order="return", returns="last", goals="published"
)
# Of a single stream of episodes Laskin et al. 2022, arXiv:2210.14215, take every tenth.
STREAM = Contexting(episodes=EPISODES, chosen="evenly", stride=10)
# Any episodes in the order of time.
ANYWHERE = Contexting(episodes=EPISODES, chosen="anywhere")

# Official D4RL code.
TRAINING = Training(updates=100_000, batch_size=64, learning_rate=1e-4, warmup=1, weight_decay=1e-4)

# A context is some thousand steps, so that one of them is enough for an update. The learning rate
# falls to zero, because scores without that swing from one update to the next (`own.py`).
SMALL_TRAINING = Training(
    updates=1_000,
    batch_size=1,
    learning_rate=1e-3,
    warmup=100,
    cooldown=900,
    checkpoint_every=250,
)


@dataclasses.dataclass(frozen=True)
class Way:
    """A way to learn from several episodes of a robot.

    Attributes:
        name: of its presets, for any task.
    """

    name: str
    model: PolicySettings
    contexts: Contexting


def _told_returns(model: Model) -> Model:
    """One token a step, which also says what is to be earned."""
    return dataclasses.replace(model, tokens="history-with-return", return_scale=1000.0)


def _low(model: Model) -> Model:
    return dataclasses.replace(model, blocks=2)


PUBLISHED = (
    Way("dmh/{task}", HYBRID, ASCENDING),
    Way("ad/{task}", ATTENTION, STREAM),
    Way("ad/{task}-mamba", MAMBA, STREAM),
    Way("dm/{task}", _told_returns(MAMBA), ANYWHERE),
    Way("dt/{task}-in-context", _told_returns(ATTENTION), ANYWHERE),
)

# All five learn from the same episodes in the same update, told in the order of each.
SMALL = (
    Way(
        "dmh/{task}-small",
        dataclasses.replace(SMALL_HYBRID, chunk=20, chunks_per_update=0),
        ASCENDING,
    ),
    Way("ad/{task}-small", _low(SMALL_ATTENTION), ANYWHERE),
    Way("ad/{task}-mamba-small", _low(SMALL_MAMBA), ANYWHERE),
    Way("dm/{task}-small", _low(_told_returns(SMALL_MAMBA)), ANYWHERE),
    Way("dt/{task}-in-context-small", _low(_told_returns(SMALL_ATTENTION)), ANYWHERE),
)


def presets() -> list[Preset]:
    """Nine D4RL tasks for DM-H, AD with attention and with Mamba, DM and DT; and small ones.

    Code is known of DM-H alone. Deviations from it: every episode of a context is learned from,
    not the last alone (`--contexts.learned last`); what `Hybrid` says. Of the others the paper says
    that they read as many steps; the rest is as in its rooms.
    """
    tasks = [(robot, level) for robot in ROBOTS for level in LEVELS]
    tall = [_preset(way, *task, TRAINING, every=10_000) for task in tasks for way in PUBLISHED]
    every = SMALL_TRAINING.updates
    return [
        *tall,
        *(_preset(way, *task, SMALL_TRAINING, every=every) for task in tasks for way in SMALL),
    ]


def _preset(way: Way, robot: Robot, level: str, training: Training, *, every: int) -> Preset:
    task = f"{robot.name}-{level}"
    experiment = Experiment(
        preset=way.name.format(task=task),
        data=data_sets(robot, level),
        model=way.model,
        windows=Windowing(length=EPISODES * HORIZON),
        training=training,
        contexts=way.contexts,
        evaluation=Evaluation(
            task=robot.environment,
            every=every,
            episodes=10,
            copies=10,
            consecutive=10,
            targets=(TARGETS[robot.name],) if way.model.takes_target else (),
            mode="recurrent",
        ),
        seed=mazes.SEEDS[0],
    )
    return Preset(experiment, paper=PAPER, task=task, spaces=robot.spaces, seeds=mazes.SEEDS)
