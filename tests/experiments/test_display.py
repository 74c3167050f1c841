"""What a person sees: progress, what was asked for and reached, and which reading is which."""

import dataclasses
import io
from pathlib import Path

from rich.console import Console

from decision_mamba.evaluation import Evaluation
from decision_mamba.experiments.display import Display, sentence
from decision_mamba.experiments.experiment import Experiment
from decision_mamba.experiments.own import DEMO
from decision_mamba.experiments.run import events
from decision_mamba.result import DataSummary, Played, Reading, Result
from decision_mamba.training.fit import Progress

READING = Reading("best", "best over training", 600, 3600.0, 20, 3521.4, 58.6, 109.1, 1.8)
RESULT = Result(
    preset="demo",
    task="Hopper-v4",
    status="running",
    seed=0,
    device="cpu",
    update=0,
    updates=2000,
    parameters=133571,
    seconds=0.0,
    data=DataSummary(("demo",), 105, 53767, (1.0,)),
    readings=(READING,),
    versions=(),
)


def shown(*, terminal: bool, happened: list[Progress | Played | Result]) -> str:
    file = io.StringIO()
    display = Display(DEMO, Console(file=file, force_terminal=terminal, width=120))
    with display.shown():
        for event in happened:
            display.show(event)
    return file.getvalue()


def test_a_terminal_sees_a_bar_with_loss_and_speed() -> None:
    said = shown(terminal=True, happened=[RESULT, Progress(100, 0.25, 1.0, 1e-3, 4.0)])

    assert "loss 0.2500 · 25.0 updates/s" in said
    assert "100/2000" in said


def test_a_file_gets_a_line_now_and_then() -> None:
    updates = [Progress(update, 0.25, 1.0, 1e-3, update / 10) for update in range(1, 2001)]

    said = shown(terminal=False, happened=[RESULT, *updates])

    assert len([line for line in said.splitlines() if line.startswith("update ")]) == 10


def test_a_file_gets_as_many_lines_where_updates_come_in_leaps() -> None:
    resumed = dataclasses.replace(RESULT, update=1000, seconds=100.0)
    updates = [Progress(update, 0.25, 1.0, 1e-3, update / 10) for update in range(1070, 2001, 70)]

    said = shown(terminal=False, happened=[resumed, *updates])

    lines = [line.split(":")[0] for line in said.splitlines() if line.startswith("update ")]
    assert lines == ["update 1,210", "update 1,420", "update 1,630", "update 1,840"]


def test_a_slow_run_gets_a_line_every_minute() -> None:
    updates = [Progress(update, 0.25, 1.0, 1e-3, 25.0 * update) for update in range(1, 11)]

    said = shown(terminal=False, happened=[RESULT, *updates])

    lines = [line.split(":")[0] for line in said.splitlines() if line.startswith("update ")]
    assert lines == ["update 3", "update 6", "update 9"]


def test_what_was_asked_for_and_reached_is_told() -> None:
    played = [
        Played(600, "Hopper-v4", "window", 3600.0, 0, episode, total, 1000)
        for episode, total in enumerate((3500.0, 3600.0))
    ]

    said = shown(terminal=False, happened=[RESULT, *played, RESULT])

    assert "asked for 3,600, reached 3,550" in said
    assert "(2 episodes of Hopper-v4)" in said


def test_nothing_is_asked_of_a_policy_without_target() -> None:
    played = Played(600, "Hopper-v4", "window", None, 0, 0, 3500.0, 1000)

    said = shown(terminal=False, happened=[RESULT, played, RESULT])

    assert ": reached 3,500" in said
    assert "asked for" not in said


def test_a_reading_says_which_it_is() -> None:
    assert sentence(READING, "Hopper-v4") == (
        "best over training: 3,521 ± 59, D4RL-normalised 109.1 (update 600, 20 episodes)"
    )


def test_small_returns_keep_their_decimals_and_tasks_are_called_so() -> None:
    reading = Reading("last-episode", "last update, episode 20", 600, None, 16, 14.93, 0.51)

    assert (
        sentence(reading, "darkroom")
        == "last update, episode 20: 14.93 ± 0.51 (update 600, 16 tasks)"
    )


def test_what_was_played_once_has_no_interval() -> None:
    alone = Reading("last-episode", "last update, episode 20", 600, None, 1, 14.93, None)

    assert sentence(alone, "darkroom") == "last update, episode 20: 14.93 (update 600, 1 task)"


def test_of_consecutive_episodes_the_last_ones_are_told() -> None:
    judged = dataclasses.replace(DEMO, evaluation=Evaluation(consecutive=2))
    file = io.StringIO()
    display = Display(judged, Console(file=file, width=120))

    with display.shown():
        display.show(RESULT)
        for number, reached in ((1, 3.0), (2, 12.0)):
            display.show(Played(9, "darkroom", "window", None, 0, 0, reached, 20, number, 4))
        display.show(RESULT)

    assert "reached 12.00 (1 episode of" in file.getvalue()


def test_a_whole_run_can_be_shown(experiment: Experiment, tmp_path: Path) -> None:
    file = io.StringIO()
    display = Display(experiment, Console(file=file, force_terminal=True, width=120))

    with display.shown():
        for event in events(experiment, tmp_path / "run"):
            display.show(event)

    assert "6/6" in file.getvalue()


def test_the_last_steps_loss_is_shown_until_it_is_known_anew() -> None:
    updates = [
        Progress(100, 0.35, 1.0, 1e-3, 10.0, 0.6931),
        Progress(200, 0.35, 1.0, 1e-3, 20.0),
        Progress(400, 0.01, 1.0, 1e-3, 40.0, 0.02),
    ]

    said = shown(terminal=False, happened=[RESULT, *updates])

    lines = [line for line in said.splitlines() if line.startswith("update ")]
    assert lines == [
        "update 200: loss 0.3500 · last step 0.6931 · 10.0 updates/s",
        "update 400: loss 0.0100 · last step 0.0200 · 10.0 updates/s",
    ]
