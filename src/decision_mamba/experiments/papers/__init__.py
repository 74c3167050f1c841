"""One file per paper. To add one, write its file and put it into this list."""

from decision_mamba.experiments.papers import (
    decision_convformer,
    decision_mamba,
    decision_transformer,
    dema,
)
from decision_mamba.experiments.papers.preset import Preset

__all__ = ["PAPERS", "Preset"]

PAPERS = (decision_transformer, decision_convformer, decision_mamba, dema)
