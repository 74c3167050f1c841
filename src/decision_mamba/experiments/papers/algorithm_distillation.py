"""Algorithm Distillation: Laskin et al. 2022, arXiv:2210.14215, with attention and with Mamba."""

import dataclasses

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers import mazes
from decision_mamba.experiments.papers.mazes import ROOMS, Room
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models.policy import Model

PAPER = "Laskin et al. 2022, arXiv:2210.14215"

# At the sizes that Huang et al. 2024 (arXiv:2406.00079) compare at, each part of a step a token.
ATTENTION = Model(
    mixer=Attention(heads=4, dropout=0.1),
    width=128,
    blocks=3,
    activation="relu",
    tokens="state-action-reward",
    positions="token",
    timesteps=0,
    embedding_norm=False,
)
# Mamba knows where it is without a table, and mixes channels itself.
MAMBA = dataclasses.replace(
    ATTENTION, mixer=Selective(), channel_mixing=False, positions="step", mixer_norm="rms"
)

# Small: one token a step, which also says where the last reward was earned.
SMALL_ATTENTION = dataclasses.replace(
    ATTENTION,
    mixer=Attention(heads=4, dropout=0.0),
    width=64,
    activation="gelu",
    tokens="history",
    dropout=0.0,
    embedding_dropout=0.0,
)
SMALL_MAMBA = dataclasses.replace(
    MAMBA, width=64, tokens="history", dropout=0.0, embedding_dropout=0.0
)


def presets() -> list[Preset]:
    """Eight rooms, with attention as published and with Mamba, and small ones of both.

    Deviations from the published runs: states are embedded by coordinate, not by cell; attention is
    pre-norm; there is no masking of sequences and no smoothing of labels.
    """
    return [one for room in ROOMS for one in (*_published(room), *_small(room))]


def _published(room: Room) -> list[Preset]:
    contexts = Contexting(episodes=room.episodes, chosen="consecutive")
    return [
        mazes.preset(
            PAPER,
            f"ad/{room.name}{word}",
            room,
            model=dataclasses.replace(model, levels=room.size),
            contexts=contexts,
            training=mazes.TRAINING,
        )
        for word, model in (("", ATTENTION), ("-mamba", MAMBA))
    ]


def _small(room: Room) -> list[Preset]:
    return [
        mazes.small(
            PAPER,
            f"ad/{room.name}-{word}",
            room,
            model=dataclasses.replace(model, levels=room.size),
            rate=rate,
        )
        for word, model, rate in (
            ("small", SMALL_ATTENTION, 1e-3),
            ("mamba-small", SMALL_MAMBA, 3e-3),
        )
    ]
