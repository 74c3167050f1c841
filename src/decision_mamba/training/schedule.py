"""The cosine by which the learning rate of the Atari runs falls, counted in tokens."""

import dataclasses
import math
from typing import Literal


@dataclasses.dataclass(frozen=True)
class Cosine:
    """Settings of it; the defaults are the authors'.

    A token is a step of a window, as the authors' code counts: an update learns from
    `training.batch_size` times `windows.length` of them.

    Attributes:
        warmup_tokens: over which the learning rate rises linearly at the start.
        floor: below which share of the learning rate it never falls after that; 1 if not at all.
        final_tokens: where the cosine comes to its end; None for those of the whole run.
        counting: "exact" goes by the tokens learned from when an update has been made, the first
            one's included, and stays at the floor past the end. "published" goes by those
            before the update, except that the first is made at the full rate, and past the end
            the cosine comes up again.
    """

    warmup_tokens: int = 10_240
    floor: float = 0.1
    final_tokens: int | None = None
    counting: Literal["exact", "published"] = "exact"


# Leaves the learning rate as it is, update by update.
LEVEL = Cosine(warmup_tokens=0, floor=1.0)


def share(cosine: Cosine, update: int, *, updates: int, tokens: int) -> float:
    """What of the learning rate is left at an update, counted from 0.

    After the warm-up it is

        max(floor, (1 + cos(π (learned - warmup_tokens) / (final_tokens - warmup_tokens))) / 2)

    Args:
        cosine: the settings.
        update: its number.
        updates: of the whole run.
        tokens: that every update learns from.

    Source: Chen et al. 2021, arXiv:2106.01345, official Atari code (`trainer_atari.py`), which Ota
    2024, arXiv:2403.19925, kept. It gives 3K tokens a sample to `final_tokens` and counts K, so
    that the cosine is at its end after six epochs.
    """
    is_published = cosine.counting == "published"
    if is_published and update == 0:
        return 1.0
    learned = tokens * (update if is_published else update + 1)
    if learned < cosine.warmup_tokens:
        return learned / cosine.warmup_tokens
    final = tokens * updates if cosine.final_tokens is None else cosine.final_tokens
    progress = (learned - cosine.warmup_tokens) / max(1, final - cosine.warmup_tokens)
    if not is_published:
        progress = min(progress, 1.0)
    return max(cosine.floor, 0.5 * (1.0 + math.cos(math.pi * progress)))
