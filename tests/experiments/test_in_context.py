"""The in-context comparisons give every model the same histories and the same updates."""

import dataclasses

import pytest

from decision_mamba.experiments.in_context import tables
from decision_mamba.experiments.limits import refuse_what_cannot_be
from decision_mamba.experiments.papers.table import Table
from decision_mamba.experiments.presets import preset

KNOWN = {one.name: one for one in tables()}
ROOMS = [one for name, one in KNOWN.items() if name != "in-context/tmaze"]
CORRIDORS = KNOWN["in-context/tmaze"]


def test_there_is_one_for_each_room_and_one_for_corridors() -> None:
    assert list(KNOWN) == [
        "in-context/darkroom",
        "in-context/darkroom-hard",
        "in-context/key-to-door",
        "in-context/tmaze",
    ]


@pytest.mark.parametrize("table", tables(), ids=list(KNOWN))
def test_every_run_can_be_carried_out(table: Table) -> None:
    for row in table.rows:
        for experiment in row.experiments:
            refuse_what_cannot_be(experiment)


@pytest.mark.parametrize("table", ROOMS, ids=lambda one: one.name)
def test_all_models_of_a_room_have_one_file_one_budget_and_one_examination(table: Table) -> None:
    for row in table.rows:
        (one,) = row.experiments
        (task,) = table.columns

        assert one.data == (f"histories-{task}",)
        assert one.contexts is not None
        assert (one.contexts.episodes, one.contexts.beginnings) == (10, 1.0)
        updates = 2_000 if task == "darkroom" else 3_000
        assert (one.training.updates, one.model.width) == (updates, 64)
        assert (one.training.cosine.floor, one.training.weight_decay) == (0.05, 0.01)
        assert (one.evaluation.task, one.evaluation.consecutive) == (task, 20)
        assert (one.evaluation.episodes, one.evaluation.every) == (128, updates)
        assert one.evaluation.tasks == "unseen"


@pytest.mark.parametrize("table", tables(), ids=list(KNOWN))
def test_rows_are_the_models_that_are_compared(table: Table) -> None:
    names = [row.name for row in table.rows]

    in_rooms = ["AD, Mamba", "AD, transformer", "Agentic Transformer", "DPT"]
    in_both = ["Decision Mamba", "Decision Transformer", "Decision Mamba-Hybrid"]
    assert names == (in_both if table == CORRIDORS else in_rooms + in_both)
    assert table.seeds == (0, 1, 2)


def test_a_room_is_played_by_its_small_presets() -> None:
    firsts = [row.experiments[0].preset for row in KNOWN["in-context/key-to-door"].rows]

    assert firsts == [
        "ad/key-to-door-mamba-small",
        "ad/key-to-door-small",
        "at/key-to-door-small",
        "dpt/key-to-door-small",
        "dm/key-to-door-small",
        "dt/key-to-door-small",
        "dmh/key-to-door-small",
    ]


def test_a_corridor_is_its_own_task_with_a_context_as_long_as_it() -> None:
    for row in CORRIDORS.rows:
        lengths = [one.windows.length for one in row.experiments]
        tasks = [one.evaluation.task for one in row.experiments]

        assert lengths == [101, 1001, 1011]
        assert tasks == ["tmaze-100", "tmaze-1k", "tmaze-1010"]
        assert [one.data for one in row.experiments] == [(f"histories-{task}",) for task in tasks]


def test_a_corridor_is_learned_from_drawn_weights_and_examined_on_both_sides() -> None:
    for row in CORRIDORS.rows:
        for one in row.experiments:
            start = preset(one.preset).experiment
            judged = dataclasses.replace(start.evaluation, consecutive=1)

            assert one == dataclasses.replace(start, evaluation=judged)
            assert (one.init_from, one.training.updates) == (None, 600)
