"""DPT predicts what would be optimal, from episodes in any order."""

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers.decision_pretrained_transformer import presets
from decision_mamba.models import Model

EXPERIMENTS = {one.name: one.experiment for one in presets()}


def test_labels_are_optimal_and_episodes_shuffled() -> None:
    for word, beginnings in (("", 0.0), ("-small", 1.0)):
        assert EXPERIMENTS[f"dpt/darkroom{word}"].contexts == Contexting(
            episodes=10,
            chosen="anywhere",
            beginnings=beginnings,
            order="shuffled",
            labels="optimal",
        )


def test_it_takes_no_target() -> None:
    for one in EXPERIMENTS.values():
        assert isinstance(one.model, Model)
        assert one.model.tokens == "history"
        assert one.evaluation.targets == ()
