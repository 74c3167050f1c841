"""One policy looked at in one episode."""

import dataclasses
import functools

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray
from rich.console import Console
from rich.progress import track

from decision_mamba.analysis.looking_back import (
    LayerWeights,
    require_mixers,
    weights_along,
    weights_in_window,
)
from decision_mamba.analysis.reading import Reading, read
from decision_mamba.analysis.window_tokens import WindowToken, window_tokens
from decision_mamba.batch import Batch
from decision_mamba.models.policy import SequencePolicy

_AT_ONCE = 256  # steps perceived together


@dataclasses.dataclass(frozen=True)
class Look:
    """One policy looked at: everything that is printed, written and drawn.

    Attributes:
        layers: what each layer is called.
        tokens: those of a window.
        along: of each decision, averaged over a layer's channels.
        window_at: the decision whose window the matrices are of.
    """

    name: str
    layers: tuple[str, ...]
    tokens: tuple[WindowToken, ...]
    decisions: range
    along: Float[ndarray, "layers decisions l"]
    window_at: int
    matrices: list[LayerWeights]
    readings: list[Reading]


def look_back(
    name: str, policy: SequencePolicy, episode: Batch, *, decisions: range, window_at: int
) -> Look:
    """Looks at every decision wanted, with a bar of progress on a terminal."""
    episode = _perceived(policy, episode)
    console = Console(stderr=True)
    rows = track(
        weights_along(policy, episode, decisions),
        description=name,
        total=len(decisions),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    along = np.stack(list(rows), axis=1)
    window = policy.acting.window
    tokens = window_tokens(policy.tokens.arrangement, window)
    mixers = [type(mixer).__name__.removesuffix("Mixer") for mixer in require_mixers(policy)]
    return Look(
        name=name,
        layers=tuple(f"layer {i}, {kind.lower()}" for i, kind in enumerate(mixers, start=1)),
        tokens=tokens,
        decisions=decisions,
        along=along,
        window_at=window_at,
        matrices=weights_in_window(policy, episode.first(window_at + 1).last(window)),
        readings=[read(layer, tokens) for layer in along],
    )


@torch.no_grad()
def _perceived(policy: SequencePolicy, episode: Batch) -> Batch:
    parts = (policy.perceived(part) for part in episode.chunks(_AT_ONCE))
    return functools.reduce(Batch.then, parts)
