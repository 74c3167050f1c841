"""A window of steps as one sequence of tokens."""

from decision_mamba.models.tokens.embedding import Bend, Embedding, Projection, TokenEmbedding
from decision_mamba.models.tokens.layouts import Arrangement, Layout, arrangement
from decision_mamba.models.tokens.positions import Positions

__all__ = [
    "Arrangement",
    "Bend",
    "Embedding",
    "Layout",
    "Positions",
    "Projection",
    "TokenEmbedding",
    "arrangement",
]
