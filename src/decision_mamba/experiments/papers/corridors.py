"""T-mazes: Ni et al. 2023, arXiv:2307.03864, as Huang et al. 2024, arXiv:2406.00079, play them."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from decision_mamba.data.contexts import Contexting
from decision_mamba.data.windows import Windowing
from decision_mamba.envs.mazes import maze
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.papers import mazes
from decision_mamba.experiments.papers.decision_mamba_hybrid import HYBRID, PAPER
from decision_mamba.experiments.papers.decision_mamba_hybrid import SMALL as SMALL_HYBRID
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models import Hybrid, Model, PolicySettings
from decision_mamba.settings import changed
from decision_mamba.spaces import Discrete, Spaces, Vector
from decision_mamba.training.optimiser import Training

CORRIDORS = ("1k", "2k", "5k", "10k", "20k")
# The small ones go on from shorter corridors, and these have none before them. 1,010 is no multiple
# of c.
SHORT = ("100", "1010")
# Which corridor's weights a small preset begins with. From drawn ones a state does not find, within
# minutes, what a cue thousands of steps ago has to do with the turn.
BEGINS = {"2k": "1k", "5k": "1k", "10k": "5k", "20k": "10k"}
CHUNK = 20  # c: the text of appendix A; its table has 5

# The context is the whole episode, and the token of a step is its return, what was done before it
# and what is seen.
ATTENTION = Model(
    mixer=Attention(heads=4, dropout=0.0),
    width=128,
    blocks=3,
    activation="relu",
    dropout=0.0,
    embedding_dropout=0.0,
    tokens="concatenated",
    timesteps=0,
    embedding_norm=False,
    return_scale=1.0,
)
# Rates of decay that start a tenth as high, so that a state reaches over a thousand steps.
MAMBA = dataclasses.replace(
    ATTENTION, mixer=Selective(decay=0.1), channel_mixing=False, mixer_norm="rms"
)

# A corridor has four episodes, side by turn. All four are in every update, and of the loss three
# quarters are of those that succeed. Half of it is of the turn, which is one step in thousands:
# without that, attention took 570 updates for the turn of 1,000 steps, and 120 with it.
TURN = Contexting(episodes=1, balanced=True, success=0.75, last_step=0.5)

SMALL_TRAINING = Training(
    updates=600,
    batch_size=4,
    learning_rate=1e-3,
    warmup=50,
    betas=(0.9, 0.95),
    weight_decay=1e-4,
    clip=1.0,
    checkpoint_every=100,
)
QUICK = 3e-3  # rate at which a state learns from drawn weights
# Updates that go on from a shorter corridor's, and the rate from which theirs falls to zero. At
# 1e-3 and level, a hybrid found the turn of 5,000 steps in one update and lost it in the next.
FEW, GENTLE = 20, 2e-4


def presets() -> list[Preset]:
    """Five corridors for Decision Transformer, the same with Mamba (DM), and DM-H; and small.

    Among the small ones are two shorter corridors more. Those of thousands of steps begin with the
    weights of a shorter one's run (`--init-from`; `--init-from None` for drawn ones).

    Deviations from the paper, which does not say how it learned corridors: four episodes an update
    and no context of several, half of the loss on the turn; DM-H without valuable sub-goals, for
    before the turn nothing is earned.
    """
    tall = [one for corridor in CORRIDORS for one in _tall(corridor)]
    small = [one for corridor in (*SHORT, *CORRIDORS) for one in _small(corridor)]
    return [*tall, *small]


def _tall(corridor: str) -> list[Preset]:
    models: dict[str, PolicySettings] = {"dt": ATTENTION, "dm": MAMBA, "dmh": _hybrid(HYBRID)}
    training = dataclasses.replace(mazes.TRAINING, batch_size=4)
    return [
        _preset(f"{one}/tmaze-{corridor}", f"tmaze-{corridor}", model, training)
        for one, model in models.items()
    ]


def _small(corridor: str) -> list[Preset]:
    hybrid = dataclasses.replace(_hybrid(SMALL_HYBRID), chunks_per_update=0)
    models: dict[str, PolicySettings] = {
        "dt": _narrow(ATTENTION), "dm": _narrow(MAMBA), "dmh": hybrid,
    }  # fmt: skip
    found = [
        _preset(f"{one}/tmaze-{corridor}-small", f"tmaze-{corridor}", model, SMALL_TRAINING)
        for one, model in models.items()
    ]
    return [_begun(one, BEGINS[corridor]) if corridor in BEGINS else _alone(one) for one in found]


def _alone(small: Preset) -> Preset:
    rate = SMALL_TRAINING.learning_rate if small.name.startswith("dt/") else QUICK
    return _with(small, {"training.learning_rate": rate})


def _begun(small: Preset, shorter: str) -> Preset:
    """The same from the weights of a run of a shorter corridor, which need little to fit."""
    family, _ = small.name.split("/")
    return _with(
        small,
        {
            "init_from": f"runs/{family}-tmaze-{shorter}-small",
            "training.updates": FEW,
            "training.learning_rate": GENTLE,
            "training.warmup": 0,
            "training.cooldown": FEW,
            "training.checkpoint_every": 10,
            "training.log_every": 1,
            "evaluation.every": FEW,
        },
    )


def _with(small: Preset, values: Mapping[str, Any]) -> Preset:
    return dataclasses.replace(small, experiment=changed(small.experiment, values))


def _narrow(model: Model) -> Model:
    return dataclasses.replace(model, width=64, blocks=2)


def _hybrid(model: Hybrid) -> Hybrid:
    memory = Selective(decay=0.1)
    return dataclasses.replace(
        model, memory=memory, chunk=CHUNK, timesteps=0, goal_weight=0.0, return_scale=1.0
    )


def _preset(name: str, task: str, model: PolicySettings, training: Training) -> Preset:
    there = maze(task)
    experiment = Experiment(
        preset=name,
        data=(f"histories-{task}",),
        model=model,
        windows=Windowing(length=there.horizon),
        training=training,
        contexts=TURN,
        evaluation=Evaluation(
            task=task,
            every=training.updates,
            episodes=20,
            copies=20,
            targets=(1.0,),
            mode="recurrent",
        ),
        seed=mazes.SEEDS[0],
    )
    spaces = Spaces(Vector(there.observation), Discrete(there.actions))
    return Preset(experiment, paper=PAPER, task=task, spaces=spaces, seeds=mazes.SEEDS)
