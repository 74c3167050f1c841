"""How well a policy plays, and the ways to say so in one number."""

from decision_mamba.evaluation.aggregate import by_target, readings
from decision_mamba.evaluation.evaluate import Evaluation, evaluate, open_environment

__all__ = ["Evaluation", "by_target", "evaluate", "open_environment", "readings"]
