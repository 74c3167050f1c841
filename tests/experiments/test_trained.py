"""Only finished runs of one task are compared, and the seeds of a learner stand in one row."""

import dataclasses
from pathlib import Path

import pytest

from decision_mamba.errors import BadInput
from decision_mamba.experiments.trained import learners, require_one_task, trained_in_context
from decision_mamba.result import DataSummary
from tests.experiments.learned import write_run


def test_runs_that_differ_by_their_seed_only_are_one_learner(tmp_path: Path) -> None:
    runs = [
        trained_in_context(write_run(tmp_path / "b", settings={"seed": 1})),
        trained_in_context(
            write_run(tmp_path / "a", settings={"evaluation.every": 7, "evaluation.film": True})
        ),
        trained_in_context(write_run(tmp_path / "other", settings={"preset": "dmh/darkroom"})),
    ]

    found = learners(runs)

    assert {name: [run.path.name for run in group] for name, group in found.items()} == {
        "ad/darkroom-small": ["a", "b"], "dmh/darkroom": ["other"],
    }  # fmt: skip


def test_learners_of_one_preset_are_told_apart_by_what_differs(tmp_path: Path) -> None:
    runs = [
        trained_in_context(write_run(tmp_path / "a")),
        trained_in_context(write_run(tmp_path / "b", settings={"model.width": 16})),
        trained_in_context(
            write_run(tmp_path / "c", settings={"model.width": 16, "data": ("x", "y")})
        ),
    ]

    assert list(learners(runs)) == [
        "ad/darkroom-small, data histories-darkroom, model.width 8",
        "ad/darkroom-small, data histories-darkroom, model.width 16",
        "ad/darkroom-small, data x y, model.width 16",
    ]


def test_seeds_may_begin_with_runs_of_their_own(tmp_path: Path) -> None:
    for name, preset in (("a", "dm/tmaze-1k"), ("b", "dm/tmaze-1k"), ("c", "dm/tmaze-5k")):
        write_run(tmp_path / name, settings={"preset": preset})
    ways = (tmp_path / "a", tmp_path / "b" / "policy.safetensors", tmp_path / "c", tmp_path / "d")
    runs = [
        trained_in_context(
            write_run(tmp_path / f"run{seed}", settings={"seed": seed, "init_from": str(way)})
        )
        for seed, way in enumerate(ways)
    ]

    found = learners(runs)

    assert {name: len(group) for name, group in found.items()} == {
        "ad/darkroom-small, init_from dm/tmaze-1k": 2,
        "ad/darkroom-small, init_from dm/tmaze-5k": 1,
        f"ad/darkroom-small, init_from {tmp_path / 'd'}": 1,
    }


def test_data_of_one_name_may_be_others(tmp_path: Path) -> None:
    runs = [trained_in_context(write_run(tmp_path / name)) for name in ("a", "b")]
    other = DataSummary(("histories-darkroom",), 1, 20, (0.5, 2.5))
    runs[1] = dataclasses.replace(runs[1], result=dataclasses.replace(runs[1].result, data=other))

    assert list(learners(runs)) == [
        "ad/darkroom-small, data.return 1",
        "ad/darkroom-small, data.return 1.5",
    ]


def test_numbers_that_look_alike_when_short_are_two_learners(tmp_path: Path) -> None:
    runs = [
        trained_in_context(write_run(tmp_path / name, settings={"training.clip": clip}))
        for name, clip in (("a", 0.25), ("b", 0.25000001))
    ]

    assert list(learners(runs)) == [
        "ad/darkroom-small, training.clip 0.25",
        "ad/darkroom-small, training.clip 0.25000001",
    ]


def test_the_same_seed_counts_once(tmp_path: Path) -> None:
    runs = [trained_in_context(write_run(tmp_path / name)) for name in ("a", "b")]

    with pytest.raises(BadInput, match="the same settings and the same seed 0"):
        learners(runs)


def test_runs_of_several_tasks_do_not_compare(tmp_path: Path) -> None:
    here = trained_in_context(write_run(tmp_path / "a"))
    there = trained_in_context(write_run(tmp_path / "b", settings={"evaluation.task": "tmaze-3"}))

    assert require_one_task([here]) == "darkroom"
    with pytest.raises(BadInput, match=r"b is of tmaze-3 and .*a of darkroom"):
        require_one_task([here, there])
    with pytest.raises(BadInput, match="there is no run"):
        require_one_task([])


def test_a_run_that_cannot_be_compared_says_why(tmp_path: Path) -> None:
    stopped = write_run(tmp_path / "stopped", status="stopped")
    windows = write_run(tmp_path / "windows", settings={"contexts": None})
    idle = write_run(tmp_path / "idle", settings={"evaluation.task": None})

    for path, complaint in (
        (tmp_path / "nowhere", "holds no run"),
        (stopped, "unfinished, at update 7 of 9"),
        (windows, "not trained on contexts"),
        (idle, "trained for no task"),
    ):
        with pytest.raises(BadInput, match=complaint):
            trained_in_context(path)
