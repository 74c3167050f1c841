"""Agentic Transformer asks every episode for what the best of its context earned."""

from decision_mamba.data.contexts import Contexting
from decision_mamba.experiments.papers.agentic_transformer import presets
from decision_mamba.models import Model

EXPERIMENTS = {one.name: one.experiment for one in presets()}


def test_a_chain_of_hindsight_ascends() -> None:
    for room, episodes in (("darkroom", 10), ("key-to-door", 4)):
        assert EXPERIMENTS[f"at/{room}"].contexts == Contexting(
            episodes=episodes, chosen="anywhere", order="return", returns="best"
        )


def test_a_step_is_four_tokens_as_published_and_one_where_small() -> None:
    tokens = {
        name: one.model.tokens
        for name, one in EXPERIMENTS.items()
        if name.startswith("at/darkroom-hard") and isinstance(one.model, Model)
    }

    assert tokens == {
        "at/darkroom-hard": "return-state-action-reward",
        "at/darkroom-hard-small": "history-with-return",
    }


def test_it_aims_at_what_the_hybrid_aims_at() -> None:
    assert EXPERIMENTS["at/key-to-door"].evaluation.targets == (2.0,)
