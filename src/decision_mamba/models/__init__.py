"""Policies, assembled from parts. To add one, write its file and put its settings in this union."""

from decision_mamba.models.hybrid import Hybrid
from decision_mamba.models.perceptron import Perceptron
from decision_mamba.models.policy import Model
from decision_mamba.models.promise import Policy

__all__ = ["Hybrid", "Model", "Perceptron", "Policy", "PolicySettings"]

PolicySettings = Hybrid | Model | Perceptron
