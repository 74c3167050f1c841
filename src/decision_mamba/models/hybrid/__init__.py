"""Decision Mamba-Hybrid: a long memory sets sub-goals, a short actor plays towards them."""

from decision_mamba.models.hybrid.policy import Hybrid, HybridPolicy

__all__ = ["Hybrid", "HybridPolicy"]
