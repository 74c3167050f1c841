"""What contexts, rewards and sub-goals ask of each other is said in one sentence."""

from typing import Any

import pytest

from decision_mamba.data.returns import Curation
from decision_mamba.errors import BadInput
from decision_mamba.experiments.limits import refuse_what_cannot_be
from decision_mamba.experiments.presets import preset
from decision_mamba.settings import changed


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        (
            "ad/darkroom-mamba-small",
            {"windows.pad": "left"},
            "contexts are rows of their own, padded at the end; leave windows.whole",
        ),
        ("dmh/darkroom-small", {"windows.whole": True}, "rows of their own, padded at the end"),
        ("dmh/darkroom-small", {"contexts": None}, "none are set; begin with a preset of dmh"),
        (
            "ad/darkroom-small",
            {"contexts": None},
            "model.tokens is history, which reads what was earned, and windows do not tell it",
        ),
        (
            "dmamba/hopper-medium",
            {"model.tokens": "history", "curation": Curation(rewards="delayed")},
            "model.tokens is history, which reads what was earned, and windows do not tell it",
        ),
        (
            "dt/darkroom-small",
            {"curation": Curation(rewards="delayed")},
            "with the rewards they have, but got .*'delayed'.*; leave the curation as it is",
        ),
        (
            "dmh/tmaze-1k-small",
            {"curation": Curation(best_share=0.5)},
            "contexts are made of all episodes .* leave the curation as it is",
        ),
        (
            "dmh/darkroom-small",
            {"contexts.goals": "none"},
            "goal_weight is 1.0, but contexts.goals is none .* or --model.goal-weight 0",
        ),
        (
            "dmh/darkroom-small",
            {"model.chunk": 10},
            "contexts.every is 5 and model.chunk 10, .*; give both the same",
        ),
        (
            "dmh/darkroom-small",
            {"model.goal_weight": 0.0},
            "contexts.goals is value, but model.goal_weight is 0.*--contexts.goals none",
        ),
        (
            "ad/darkroom-mamba-small",
            {"contexts.goals": "value"},
            "contexts.goals is value, and the policy plays towards no sub-goals; leave it at none",
        ),
    ],
)
def test_what_does_not_fit_is_refused(name: str, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        refuse_what_cannot_be(changed(preset(name).experiment, values))


def test_without_sub_goals_a_chunk_stands_alone() -> None:
    start = preset("dmh/tmaze-1k-small").experiment

    refuse_what_cannot_be(changed(start, {"model.chunk": 10}))


def test_without_a_weight_sub_goals_need_not_be_looked_for() -> None:
    start = preset("dmh/darkroom-small").experiment

    refuse_what_cannot_be(changed(start, {"model.goal_weight": 0.0, "contexts.goals": "none"}))
