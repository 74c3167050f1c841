"""One file per paper. To add one, write its file and put it into this list."""

from decision_mamba.experiments.papers import (
    agentic_transformer,
    algorithm_distillation,
    behaviour_cloning,
    corridors,
    decision_convformer,
    decision_mamba,
    decision_mamba_hybrid,
    decision_pretrained_transformer,
    decision_s4,
    decision_transformer,
    dema,
    robots,
)
from decision_mamba.experiments.papers.preset import Preset

__all__ = ["PAPERS", "Preset"]

PAPERS = (
    decision_transformer,
    behaviour_cloning,
    decision_convformer,
    decision_s4,
    decision_mamba,
    dema,
    algorithm_distillation,
    decision_pretrained_transformer,
    agentic_transformer,
    decision_mamba_hybrid,
    corridors,
    robots,
)
