"""Agentic Transformer: Liu and Abbeel 2023, arXiv:2305.16554."""

import dataclasses

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers import mazes
from decision_mamba.experiments.papers.algorithm_distillation import ATTENTION, SMALL_ATTENTION
from decision_mamba.experiments.papers.mazes import ROOMS, Room
from decision_mamba.experiments.papers.preset import Preset

PAPER = "Liu and Abbeel 2023, arXiv:2305.16554"

# A chain of hindsight: episodes ascend, and each asks for what the best of them earned.
HINDSIGHT = Contexting(chosen="anywhere", order="return", returns="best")
SMALL_HINDSIGHT = dataclasses.replace(mazes.SMALL_CONTEXTS, order="return", returns="best")


def presets() -> list[Preset]:
    """Eight rooms, at the sizes of Algorithm Distillation there, and small.

    Deviations from the published runs: every episode is learned from and not only the best, which
    shows no exploring (`--contexts.learned last`). A token that says whether the return was reached
    is left out: a return-to-go of 0 says it.
    """
    return [one for room in ROOMS for one in (_published(room), _small(room))]


def _published(room: Room) -> Preset:
    return mazes.preset(
        PAPER,
        f"at/{room.name}",
        room,
        model=dataclasses.replace(
            ATTENTION,
            tokens="return-state-action-reward",
            levels=room.size,
            return_scale=room.best,
        ),
        contexts=dataclasses.replace(HINDSIGHT, episodes=room.episodes),
        training=mazes.TRAINING,
    )


def _small(room: Room) -> Preset:
    return mazes.small(
        PAPER,
        f"at/{room.name}-small",
        room,
        model=dataclasses.replace(
            SMALL_ATTENTION,
            tokens="history-with-return",
            levels=room.size,
            return_scale=room.best,
        ),
        rate=1e-3,
        contexts=SMALL_HINDSIGHT,
    )
