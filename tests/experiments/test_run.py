"""A run leaves a whole folder behind, whatever stops it, and a resumed one ends the same."""

import collections
import dataclasses
import itertools
import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.data.sources import open_source, record
from decision_mamba.data.windows import Windowing
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput, Failure
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.own import DEMO
from decision_mamba.experiments.presets import preset
from decision_mamba.experiments.run import events, run
from decision_mamba.experiments.run_folder import default_folder
from decision_mamba.models import Policy
from decision_mamba.models.policy import Model
from decision_mamba.models.policy_file import load_policy
from decision_mamba.result import Played, Result, read_rows
from decision_mamba.training.fit import Progress
from decision_mamba.training.objective import error

WHOLE = {
    "settings.toml", "metrics.jsonl", "evaluations.jsonl", "policy.safetensors", "checkpoint",
    "result.json",
}  # fmt: skip


def hopper(updates: int = 2) -> Experiment:
    """The demonstration, cut down to a test's patience."""
    training = dataclasses.replace(DEMO.training, updates=updates, batch_size=8, log_every=1)
    evaluation = dataclasses.replace(
        DEMO.evaluation, every=2, episodes=2, targets=(3600.0, 1500.0), film=False
    )
    model = dataclasses.replace(DEMO.model, width=8, blocks=1)
    return dataclasses.replace(DEMO, model=model, training=training, evaluation=evaluation)


def test_a_run_leaves_a_whole_folder(experiment: Experiment, tmp_path: Path) -> None:
    result = run(experiment, tmp_path / "run")

    assert {path.name for path in (tmp_path / "run").iterdir()} == WHOLE
    assert (result.status, result.update, result.data.episodes) == ("finished", 6, 3)
    assert Result.read(tmp_path / "run" / "result.json") == result
    updates = [row["update"] for row in read_rows(tmp_path / "run" / "metrics.jsonl")]
    assert updates == [1, 2, 3, 4, 5, 6]


def test_a_preset_goes_by_its_name_into_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DECISION_MAMBA_DATA", raising=False)

    with pytest.raises(BadInput, match="hopper_medium"):
        run("dmamba/hopper-medium")

    assert default_folder(preset("dmamba/hopper-medium").experiment) == Path(
        "runs/dmamba-hopper-medium"
    )


def test_every_return_is_kept_and_read(tmp_path: Path) -> None:
    result = run(hopper(updates=4), tmp_path / "run")

    rows = read_rows(tmp_path / "run" / "evaluations.jsonl")
    keys = [(row["update"], row["target"], row["episode"]) for row in rows]
    wanted = itertools.product((2, 4), (3600.0, 1500.0), (0, 1))
    assert sorted(keys) == sorted(wanted)
    assert {row["task"] for row in rows} == {"Hopper-v4"}
    assert [reading.rule for reading in result.readings] == [
        "last", "best", "best-target", "best-of-all",
    ]  # fmt: skip
    last = [row["return"] for row in rows if (row["update"], row["target"]) == (4, 3600.0)]
    assert result.readings[0].mean == pytest.approx(sum(last) / 2)


def test_the_policy_file_acts_as_the_evaluated_policy(tmp_path: Path) -> None:
    run(hopper(), tmp_path / "run")

    policy = load_policy(tmp_path / "run" / "policy.safetensors")

    assert policy.acting.task == "Hopper-v4"
    assert policy.acting.targets == (3600.0, 1500.0)
    assert policy.spaces == open_store_spaces()


def open_store_spaces() -> object:
    from decision_mamba.data.store import Store

    return Store.of(itertools.islice(open_source("demo").episodes(), 3)).spaces


@pytest.mark.parametrize(
    ("stop_after", "whole"), [(1, False), (2, False), (3, False), (5, False), (3, True)]
)
def test_a_resumed_run_ends_with_the_same_bytes(
    experiment: Experiment, tmp_path: Path, stop_after: int, whole: bool
) -> None:
    windowing = dataclasses.replace(experiment.windows, whole=whole)
    experiment = dataclasses.replace(experiment, windows=windowing)
    run(experiment, tmp_path / "through")
    stopped = events(experiment, tmp_path / "stopped")
    updates = (event for event in stopped if isinstance(event, Progress))
    list(itertools.islice(updates, stop_after))
    stopped.close()
    stopped_result = Result.read(tmp_path / "stopped" / "result.json")

    run(experiment, tmp_path / "stopped", resume=True)

    assert (stopped_result.status, stopped_result.update) == ("stopped", stop_after)
    for name in ("policy.safetensors", "settings.toml"):
        assert content(tmp_path / "through" / name) == content(tmp_path / "stopped" / name)
    losses = [
        [row["loss"] for row in read_rows(tmp_path / name / "metrics.jsonl")]
        for name in ("through", "stopped")
    ]
    assert losses[0] == losses[1]


def test_whole_episodes_are_learned_from_in_chunks(experiment: Experiment, tmp_path: Path) -> None:
    calm = Model(width=8, blocks=1, dropout=0.0, embedding_dropout=0.0)
    rows = []

    for length in (5, 30):
        windowing = Windowing(length=length, whole=True)
        chunked = dataclasses.replace(experiment, model=calm, windows=windowing)
        run(chunked, tmp_path / str(length))
        rows.append(read_rows(tmp_path / str(length) / "metrics.jsonl")[0])

    assert rows[0]["loss"] == pytest.approx(rows[1]["loss"])
    assert rows[0]["gradient_norm"] != pytest.approx(rows[1]["gradient_norm"], rel=1e-6)


def test_a_finished_run_resumed_does_nothing_again(tmp_path: Path) -> None:
    run(hopper(), tmp_path / "run")
    before = content(tmp_path / "run" / "evaluations.jsonl")

    result = run(hopper(), tmp_path / "run", resume=True)

    assert result.status == "finished"
    assert content(tmp_path / "run" / "evaluations.jsonl") == before


def test_a_longer_run_goes_on_from_a_finished_one(experiment: Experiment, tmp_path: Path) -> None:
    longer = dataclasses.replace(
        experiment, training=dataclasses.replace(experiment.training, updates=9)
    )
    run(longer, tmp_path / "at once")
    run(experiment, tmp_path / "in two")

    run(longer, tmp_path / "in two", resume=True)

    name = "policy.safetensors"
    assert content(tmp_path / "in two" / name) == content(tmp_path / "at once" / name)


def test_what_was_logged_after_the_checkpoint_is_made_again(
    experiment: Experiment, tmp_path: Path
) -> None:
    run(experiment, tmp_path / "run")
    with (tmp_path / "run" / "metrics.jsonl").open("a") as file:
        file.write('{"update": 7, "loss": 0.1}\n{"upda')

    run(experiment, tmp_path / "run", resume=True)

    updates = [row["update"] for row in read_rows(tmp_path / "run" / "metrics.jsonl")]
    assert updates == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_stops(
    experiment: Experiment, tmp_path: Path, number: signal.Signals
) -> None:
    def signalled_after_three_updates() -> None:
        for event in events(experiment, tmp_path / "run"):
            if isinstance(event, Progress) and event.update == 3:
                os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt):
        signalled_after_three_updates()

    assert Result.read(tmp_path / "run" / "result.json").update == 3
    run(experiment, tmp_path / "run", resume=True)
    run(experiment, tmp_path / "through")
    name = "policy.safetensors"
    assert content(tmp_path / "run" / name) == content(tmp_path / "through" / name)


def test_an_evaluation_that_is_interrupted_is_made_again(tmp_path: Path) -> None:
    experiment = hopper()
    playing = events(experiment, tmp_path / "run")
    next(event for event in playing if isinstance(event, Played))
    playing.close()
    assert read_rows(tmp_path / "run" / "evaluations.jsonl") == []

    run(experiment, tmp_path / "run", resume=True)

    assert len(read_rows(tmp_path / "run" / "evaluations.jsonl")) == 4


def test_a_loss_that_is_not_finite_keeps_the_last_checkpoint(
    experiment: Experiment, tmp_path: Path
) -> None:
    wild = dataclasses.replace(
        experiment,
        training=dataclasses.replace(experiment.training, learning_rate=1e38),
    )

    with pytest.raises(Failure, match=r"was refused: its loss is nan"):
        run(wild, tmp_path / "run")

    assert not list((tmp_path / "run").glob("checkpoint/*"))


def test_a_loss_that_is_not_finite_is_resumed_from_the_last_good_checkpoint(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(experiment, tmp_path / "through")
    calls = itertools.count(1)

    def fails_at_the_fifth(policy: Policy, predicted: torch.Tensor, steps: Batch) -> torch.Tensor:
        loss = error(policy, predicted, steps)
        return loss * float("nan") if next(calls) == 5 else loss

    monkeypatch.setattr("decision_mamba.training.learner.error", fails_at_the_fifth)
    with pytest.raises(Failure, match=r"update 5 was refused"):
        run(experiment, tmp_path / "run")
    result = run(experiment, tmp_path / "run", resume=True)

    assert result.update == 6
    updates = [row["update"] for row in read_rows(tmp_path / "run" / "metrics.jsonl")]
    assert updates == [1, 2, 3, 4, 5, 6]
    name = "policy.safetensors"
    assert content(tmp_path / "run" / name) == content(tmp_path / "through" / name)


def judged(experiment: Experiment, **changes: object) -> Experiment:
    evaluation = dataclasses.replace(experiment.evaluation, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(experiment, evaluation=evaluation)


def test_a_resumed_run_is_judged_as_it_is_asked_now(tmp_path: Path) -> None:
    first = judged(hopper(), targets=(30.0, 20.0), episodes=1)
    run(first, tmp_path / "run")

    more = run(judged(first, episodes=3), tmp_path / "run", resume=True)
    other = run(judged(first, targets=(50.0, 20.0)), tmp_path / "run", resume=True)

    assert more.readings[0].episodes == 3
    assert other.readings[0].target == 50.0
    rows = read_rows(tmp_path / "run" / "evaluations.jsonl")
    counts = collections.Counter(row["target"] for row in rows)
    assert counts == {30.0: 3, 20.0: 1, 50.0: 1}


def test_an_evaluation_cut_short_is_made_again(tmp_path: Path) -> None:
    run(hopper(), tmp_path / "run")
    path = tmp_path / "run" / "evaluations.jsonl"
    whole = read_rows(path)
    path.write_text("".join(line + "\n" for line in path.read_text().splitlines()[:3]))

    run(hopper(), tmp_path / "run", resume=True)

    assert sorted(map(str, read_rows(path))) == sorted(map(str, whole))


def test_fewer_updates_than_were_made_are_refused(experiment: Experiment, tmp_path: Path) -> None:
    run(experiment, tmp_path / "run")
    fewer = dataclasses.replace(
        experiment, training=dataclasses.replace(experiment.training, updates=2)
    )

    with pytest.raises(BadInput, match="has made 6 updates already"):
        run(fewer, tmp_path / "run", resume=True)


def test_a_run_is_not_written_over(experiment: Experiment, tmp_path: Path) -> None:
    run(experiment, tmp_path / "run")

    with pytest.raises(BadInput, match="already holds a run; add --resume"):
        run(experiment, tmp_path / "run")


def test_other_settings_are_not_resumed(experiment: Experiment, tmp_path: Path) -> None:
    run(experiment, tmp_path / "run")

    with pytest.raises(BadInput, match=r"was trained with seed = 0, not 1"):
        run(dataclasses.replace(experiment, seed=1), tmp_path / "run", resume=True)


@pytest.mark.parametrize("resume", [True, False])
def test_what_the_folder_holds_is_told_before_data_are_looked_for(
    experiment: Experiment, tmp_path: Path, resume: bool
) -> None:
    run(experiment, tmp_path / "run")
    elsewhere = dataclasses.replace(experiment, data=("nowhere.hdf5",))

    with pytest.raises(BadInput, match=r"was trained with data = .*, not \['nowhere|add --resume"):
        run(elsewhere, tmp_path / "run", resume=resume)


def test_data_that_do_not_fit_the_task_are_refused_before_training(
    experiment: Experiment, tmp_path: Path
) -> None:
    misfit = dataclasses.replace(
        experiment, evaluation=Evaluation(task="Hopper-v4", every=2, targets=(1.0,))
    )

    with pytest.raises(BadInput, match="the policy was made for 3 observation and 2 action"):
        run(misfit, tmp_path / "run")

    assert not (tmp_path / "run").exists()


def test_data_of_another_game_are_refused_before_training(
    experiment: Experiment, tmp_path: Path
) -> None:
    episode = Episode(np.zeros((3, 1), np.float32), np.zeros(3, np.int64), np.zeros(3))
    record(tmp_path / "pong.hdf5", [episode], task="ALE/Pong-v5")
    other = dataclasses.replace(
        experiment,
        data=(str(tmp_path / "pong.hdf5"),),
        evaluation=Evaluation(task="ALE/Breakout-v5", every=0, targets=(1.0,)),
    )

    with pytest.raises(BadInput, match="comes from ALE/Pong-v5, but ALE/Breakout-v5 shall be"):
        run(other, tmp_path / "run")


def test_a_window_longer_than_every_episode_is_refused(
    experiment: Experiment, tmp_path: Path
) -> None:
    long = dataclasses.replace(
        experiment, windows=dataclasses.replace(experiment.windows, length=31)
    )

    with pytest.raises(BadInput, match="longer than every episode"):
        run(long, tmp_path / "run")


def test_without_data_there_is_nothing_to_learn(experiment: Experiment, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="give one or several --data SOURCE"):
        run(dataclasses.replace(experiment, data=()), tmp_path / "run")


def test_several_sources_are_read_behind_one_another(
    experiment: Experiment, tmp_path: Path
) -> None:
    twice = dataclasses.replace(experiment, data=experiment.data * 2)

    assert run(twice, tmp_path / "run").data.episodes == 6


def test_the_first_weights_follow_from_the_seed(experiment: Experiment, tmp_path: Path) -> None:
    none = dataclasses.replace(
        experiment, training=dataclasses.replace(experiment.training, updates=0)
    )
    torch.manual_seed(1)
    run(none, tmp_path / "a")
    torch.manual_seed(2)
    run(none, tmp_path / "b")

    name = "policy.safetensors"
    assert content(tmp_path / "a" / name) == content(tmp_path / "b" / name)


def content(path: Path) -> bytes:
    return path.read_bytes()


def test_metrics_say_what_an_update_did(experiment: Experiment, tmp_path: Path) -> None:
    run(experiment, tmp_path / "run")

    line = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()[0]
    assert set(json.loads(line)) == {
        "update", "loss", "gradient_norm", "learning_rate", "seconds",
    }  # fmt: skip


def test_recorded_files_name_their_task(tmp_path: Path) -> None:
    source = open_source("demo")
    record(tmp_path / "few.hdf5", itertools.islice(source.episodes(), 2), task=source.task)

    assert open_source(str(tmp_path / "few.hdf5")).task == "Hopper-v4"
