"""Decision Mamba-Hybrid: Huang et al. 2024, arXiv:2406.00079, and DM and DT beside it."""

import dataclasses

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers import mazes
from decision_mamba.experiments.papers.algorithm_distillation import (
    ATTENTION,
    MAMBA,
    SMALL_ATTENTION,
    SMALL_MAMBA,
)
from decision_mamba.experiments.papers.mazes import ROOMS, Room
from decision_mamba.experiments.papers.preset import Preset
from decision_mamba.mixers import Attention, Selective
from decision_mamba.models import Hybrid
from decision_mamba.settings import changed

PAPER = "Huang et al. 2024, arXiv:2406.00079"

# Appendix A; widths are 128 both.
HYBRID = Hybrid(memory=Selective(), memory_blocks=2, actor=Attention(heads=1, dropout=0.1))

# What learns in minutes: one token a chunk and one a step, and few chunks of many contexts at each
# update.
SMALL = Hybrid(
    memory=Selective(),
    memory_tokens="joint",
    sub_goal=8,
    squashed=False,
    deviation=0.03,
    actor=Attention(heads=4, dropout=0.0),
    width=64,
    blocks=2,
    actor_tokens="joint",
    activation="gelu",
    dropout=0.0,
    embedding_dropout=0.0,
    timesteps=0,
    table_deviation=0.02,
    goal_weight=1.0,
    chunks_per_update=640,
    chunk_reward="mean",
)

# Ascending by return; each episode asks for one return, because the greatest of a context would
# tell how far off its goal is.
ASCENDING = Contexting(chosen="anywhere", order="return", returns="target", goals="value")


def presets() -> list[Preset]:
    """DM-H for eight rooms, small ones of them, and DM and DT across episodes.

    No code is known of the rooms. Deviations from the official D4RL code: every episode of a
    context is learned from, not the last alone (`--contexts.learned last`); returns-to-go are
    relabelled by a constant (`--contexts.returns last`); what `Hybrid` says.
    """
    rooms = [one for room in ROOMS for one in (_hybrid(room), _small_hybrid(room))]
    rivals = [one for room in ROOMS for one in _over_episodes(room)]
    return [*rooms, *rivals]


def _contexts(room: Room, episodes: int) -> Contexting:
    return dataclasses.replace(ASCENDING, episodes=episodes, target=room.target, every=room.chunk)


def _hybrid(room: Room) -> Preset:
    model = dataclasses.replace(
        HYBRID, chunk=room.chunk, levels=room.size, return_scale=room.target, timesteps=room.horizon
    )
    return mazes.preset(
        PAPER,
        f"dmh/{room.name}",
        room,
        model=model,
        contexts=_contexts(room, room.episodes),
        training=mazes.TRAINING,
    )


def _small_hybrid(room: Room) -> Preset:
    contexts = dataclasses.replace(
        _contexts(room, mazes.SMALL_CONTEXTS.episodes), beginnings=mazes.SMALL_CONTEXTS.beginnings
    )
    model = dataclasses.replace(SMALL, chunk=room.chunk, levels=room.size, return_scale=room.target)
    return mazes.small(
        PAPER,
        f"dmh/{room.name}-small",
        room,
        model=model,
        rate=3e-3,
        contexts=contexts,
        # Where the goal goes on paying its sub-goals explore, so its actions need not.
        temperature=0.2 if room.goes_on_paying else 0.7,
    )


def _over_episodes(room: Room) -> list[Preset]:
    """Decision Transformer and the same with Mamba ("DM"), whose context is of many episodes."""
    told = {
        "tokens": "history-with-return", "levels": room.size, "return_scale": room.best,
    }  # fmt: skip
    contexts = Contexting(episodes=room.episodes, chosen="anywhere")
    found = []
    for family, model, little, rate in (
        ("dm", MAMBA, SMALL_MAMBA, 3e-3),
        ("dt", ATTENTION, SMALL_ATTENTION, 1e-3),
    ):
        published, small = (changed(one, told) for one in (model, little))
        name = f"{family}/{room.name}"
        found += [
            mazes.preset(
                PAPER, name, room, model=published, contexts=contexts, training=mazes.TRAINING
            ),
            mazes.small(PAPER, f"{name}-small", room, model=small, rate=rate),
        ]
    return found
