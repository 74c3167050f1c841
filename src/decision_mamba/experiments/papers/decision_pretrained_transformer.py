"""Decision-Pretrained Transformer: Lee et al. 2023, arXiv:2306.14892."""

import dataclasses

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers import mazes
from decision_mamba.experiments.papers.algorithm_distillation import ATTENTION, SMALL_ATTENTION
from decision_mamba.experiments.papers.mazes import ROOMS, Room
from decision_mamba.experiments.papers.preset import Preset

PAPER = "Lee et al. 2023, arXiv:2306.14892"

# What a policy that knows the task would do is predicted at every step, from episodes in any order.
CONTEXTS = Contexting(chosen="anywhere", order="shuffled", labels="optimal")
SMALL_CONTEXTS = dataclasses.replace(mazes.SMALL_CONTEXTS, order="shuffled", labels="optimal")


def presets() -> list[Preset]:
    """Eight rooms, at the sizes of Algorithm Distillation there, and small.

    Deviations from the published runs: the state to act in stands behind what is known of the task
    and not before it, so that a decision costs one token and not a whole context; contexts are of
    learning histories, as all rivals', not of random steps (`collect TASK learner:uniform`).
    """
    return [one for room in ROOMS for one in (_published(room), _small(room))]


def _published(room: Room) -> Preset:
    return mazes.preset(
        PAPER,
        f"dpt/{room.name}",
        room,
        model=dataclasses.replace(ATTENTION, tokens="history", levels=room.size),
        contexts=dataclasses.replace(CONTEXTS, episodes=room.episodes),
        training=mazes.TRAINING,
    )


def _small(room: Room) -> Preset:
    return mazes.small(
        PAPER,
        f"dpt/{room.name}-small",
        room,
        model=dataclasses.replace(SMALL_ATTENTION, levels=room.size),
        rate=1e-3,
        contexts=SMALL_CONTEXTS,
    )
