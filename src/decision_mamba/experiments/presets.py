"""Every experiment that has a name."""

import dataclasses
import difflib
import functools

import numpy as np
import torch

from decision_mamba.errors import BadInput
from decision_mamba.experiments import own
from decision_mamba.experiments.ablation import neighbour
from decision_mamba.experiments.papers import PAPERS, Preset
from decision_mamba.models import PolicySettings
from decision_mamba.models.memory import Acting
from decision_mamba.moments import Moments
from decision_mamba.spaces import Spaces


def presets() -> dict[str, Preset]:
    """All presets by name, in the order in which they are listed."""
    return {preset.name: preset for preset in _listed()}


@functools.cache
def _listed() -> tuple[Preset, ...]:
    return (*own.presets(), *(one for paper in PAPERS for one in paper.presets()))


def preset(name: str) -> Preset:
    """The preset of this name, or the neighbour of one (`ablation.py`).

    Raises:
        BadInput: there is none; the sentence names the nearest.
    """
    known = presets()
    if name in known:
        return known[name]
    start, _, words = name.partition(":")
    if start in known:
        experiment = neighbour(known[start].experiment, words)
        return dataclasses.replace(known[start], experiment=experiment)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    raise BadInput(f"there is no preset {name!r}; {hint}'decision-mamba presets' lists them all")


def parameters_count(preset: Preset) -> int | None:
    """Weights of a preset's policy; None where its data decide."""
    if preset.spaces is None:
        return None
    experiment = preset.experiment
    window = Acting(window=experiment.windows.length)  # all that a size could follow from
    return _count(experiment.model, preset.spaces, window)


@functools.cache
def _count(model: PolicySettings, spaces: Spaces, acting: Acting) -> int:
    nothing = np.zeros(spaces.observation.size, dtype=np.float32)
    with torch.device("meta"):
        return model.build(spaces, Moments(nothing, nothing), acting).parameters_count
