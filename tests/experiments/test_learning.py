"""Runs are compared on equal terms, each at the temperature best where it has learned."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.experiments import learning
from decision_mamba.experiments.learning import (
    Terms,
    Trial,
    episodes_of,
    rows,
    trial,
    usual_episodes,
)
from decision_mamba.experiments.shelf import Shelf
from decision_mamba.experiments.sitting import Sitting
from decision_mamba.experiments.trained import trained_in_context
from decision_mamba.held_out import HeldOut
from decision_mamba.models.memory import Mode
from decision_mamba.result import Played
from decision_mamba.spaces import Continuous, Discrete, Spaces, Vector
from tests.evaluation.sweeping import FIRST, LATER, Sweeper
from tests.experiments.learned import HELD_OUT, LEARNED, write_run

CPU = torch.device("cpu")
TERMS = Terms(copies=6, consecutive=4, read=3, temperatures=(0.5, 1.0))


@dataclasses.dataclass(frozen=True)
class Request:
    """With what an actor was asked for."""

    temperature: float
    tasks: str
    memory: str
    consecutive: int
    seed: int
    mode: str = "recurrent"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Has sweepers play, of which the one at temperature 0.5 finds nothing; lists who was asked."""
    requests: list[Request] = []

    def player(_: Any, settings: Evaluation, *, seed: int) -> Callable[[float | None], Any]:
        requests.append(
            Request(
                settings.temperature,
                settings.tasks,
                settings.memory,
                settings.consecutive,
                seed,
                settings.mode,
            )
        )
        return lambda _: Blind() if settings.temperature == 0.5 else Sweeper()

    monkeypatch.setattr(learning, "player", player)
    return requests


class Blind(Sweeper):
    """Does not see where it was paid, and leaves its first way to no end."""

    def observe(self, rewards: Any) -> None:
        super().observe(rewards * 0)


def outcome(events: Iterator[Played | Sitting | Trial]) -> Trial:
    *_, last = events
    assert isinstance(last, Trial)
    return last


# In the row of the centre, two of the places that a sweeper finds were learned from.
SEEN_IN_ROW = HeldOut(share=80 / 81, places=((4, 4), (8, 4)))


def test_the_temperature_is_chosen_in_tasks_learned_from(
    tmp_path: Path, asked: list[Request]
) -> None:
    run = trained_in_context(write_run(tmp_path / "run", held_out=SEEN_IN_ROW))

    found = outcome(trial(run, TERMS, Shelf(tmp_path / "kept", CPU), device=CPU))

    assert asked == [
        Request(0.5, "seen", "lasting", 3, 1),
        Request(1.0, "seen", "lasting", 3, 1),
        Request(1.0, "unseen", "lasting", 4, 0),
        Request(1.0, "unseen", "episode", 3, 0),
    ]
    assert found.temperature == 1.0
    assert {one: means[-1].mean for one, means in found.seen.items()} == {
        0.5: 1.0, 1.0: (LATER[4] + LATER[8]) / 2,  # it passes each of them once
    }  # fmt: skip


@pytest.mark.parametrize("mode", [None, "window", "recurrent"])
def test_policies_remember_as_they_are_asked_to(
    tmp_path: Path, asked: list[Request], mode: Mode | None
) -> None:
    own = {"evaluation.mode": "recurrent"}
    run = trained_in_context(write_run(tmp_path / "run", settings=own))
    terms = dataclasses.replace(TERMS, mode=mode)

    outcome(trial(run, terms, Shelf(tmp_path / "kept", CPU), device=CPU))

    assert {request.mode for request in asked} == {mode or "recurrent"}


def test_unseen_tasks_and_their_control_are_summed_up(tmp_path: Path, asked: list[Request]) -> None:
    run = trained_in_context(write_run(tmp_path / "run"))

    found = outcome(trial(run, TERMS, Shelf(tmp_path / "kept", CPU), device=CPU))

    assert asked[-1].memory == "episode"
    columns = {36 + column: column for column in (0, 3, 5)}
    assert set(found.reached.tasks) <= set(columns)
    for task, returns in found.reached.tasks.items():
        assert returns == (FIRST[columns[task]], *[LATER[columns[task]]] * 3)
    assert len(found.reached.control) == 3
    assert found.lasting.optimum == found.control.optimum


def test_what_is_kept_is_not_played_again(tmp_path: Path, asked: list[Request]) -> None:
    run, shelf = trained_in_context(write_run(tmp_path / "run")), Shelf(tmp_path / "kept", CPU)
    first = outcome(trial(run, TERMS, shelf, device=CPU))
    asked.clear()

    again = list(trial(run, TERMS, shelf, device=CPU))

    assert asked == []
    assert [type(event) for event in again] == [Sitting, Sitting, Sitting, Sitting, Trial]
    assert isinstance(again[-1], Trial)
    assert again[-1].reached == first.reached


def test_a_sitting_that_was_stopped_is_played_from_its_start(
    tmp_path: Path, asked: list[Request]
) -> None:
    run, shelf = trained_in_context(write_run(tmp_path / "run")), Shelf(tmp_path / "kept", CPU)
    events = trial(run, TERMS, shelf, device=CPU)
    for event in events:
        if isinstance(event, Sitting):
            break
    next(events)
    asked.clear()

    outcome(trial(run, TERMS, shelf, device=CPU))

    assert [one.temperature for one in asked if one.tasks == "seen"] == [1.0]


def test_the_episodes_that_a_run_takes_are_known_before(tmp_path: Path) -> None:
    run = trained_in_context(write_run(tmp_path / "run"))

    assert episodes_of(run, TERMS, CPU) == 6 * (3 + 3 + 4 + 3)


def test_continuous_actions_have_no_temperature(tmp_path: Path) -> None:
    spaces = Spaces(Vector(3), Continuous((-2.0,), (2.0,)))
    settings = {"evaluation.task": "Pendulum-v1"}
    path = write_run(tmp_path / "run", spaces=spaces, held_out=None, settings=settings)
    terms = Terms(copies=2, consecutive=2, read=1)

    found = outcome(
        trial(trained_in_context(path), terms, Shelf(tmp_path / "kept", CPU), device=CPU)
    )

    assert found.temperature is None
    assert found.seen == {}
    assert found.lasting.optimum is None
    assert len(found.reached.lasting) == 2


def test_a_corridor_is_played_one_episode_at_a_time(tmp_path: Path) -> None:
    spaces = Spaces(Vector(2), Discrete(4))
    settings = {"evaluation.task": "tmaze-3", "contexts.episodes": 1}
    run = trained_in_context(
        write_run(tmp_path / "run", spaces=spaces, held_out=HeldOut(), settings=settings)
    )
    consecutive, read = usual_episodes([run])
    terms = Terms(copies=4, consecutive=consecutive, read=read, temperatures=(1.0,))

    found = outcome(trial(run, terms, Shelf(tmp_path / "kept", CPU), device=CPU))

    assert (consecutive, read) == (1, 1)
    assert set(found.reached.tasks) == {0, 1}
    assert found.control is found.lasting
    assert episodes_of(run, terms, CPU) == 4 * 2


def test_rows_are_ordered_by_the_episode_that_is_read(tmp_path: Path, asked: list[Request]) -> None:
    shelf = Shelf(tmp_path / "kept", CPU)
    runs = [
        trained_in_context(write_run(tmp_path / name, settings={"preset": name}))
        for name in ("a", "b")
    ]
    blind = dataclasses.replace(TERMS, temperatures=(0.5,))
    low = outcome(trial(runs[0], blind, shelf, device=CPU))
    high = outcome(
        trial(runs[1], dataclasses.replace(TERMS, temperatures=(1.0,)), shelf, device=CPU)
    )

    found = rows({"a": [low], "b": [high]}, read=3)

    assert asked
    assert [row.learner.row for row in found] == ["b", "a"]
    assert found[0].tasks == frozenset(high.reached.tasks)
    assert found[0].optimum == high.lasting.optimum


@pytest.mark.parametrize(
    ("terms", "complaint"),
    [
        ({"copies": 0}, "0 copies are none"),
        ({"read": 21, "consecutive": 20}, "episode 21 of 20 cannot be read"),
        ({"read": 0}, "episode 0 of 40"),
        ({"seed": -1}, "seed is -1"),
        ({"temperatures": ()}, "there is no temperature"),
        ({"temperatures": (0.5, -1.0)}, "a temperature is -1.0"),
        ({"temperatures": (float("nan"),)}, "a temperature is nan"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        Terms(**terms)


def test_a_run_without_unseen_tasks_is_named(tmp_path: Path) -> None:
    every = HeldOut(share=80 / 81, places=(*LEARNED, (0, 4), (3, 4), (5, 4)))
    run = trained_in_context(write_run(tmp_path / "run", held_out=every))

    with pytest.raises(BadInput, match=r"run: .*none is unseen"):
        episodes_of(run, TERMS, CPU)


def test_what_was_held_out_must_be_known(tmp_path: Path) -> None:
    run = trained_in_context(write_run(tmp_path / "run", held_out=None))

    with pytest.raises(BadInput, match=r"run: .*does not say which tasks"):
        episodes_of(run, TERMS, CPU)


def test_the_usual_episodes_are_forty_of_which_the_twentieth_is_read(tmp_path: Path) -> None:
    assert usual_episodes([trained_in_context(write_run(tmp_path / "run"))]) == (40, 20)
    assert HELD_OUT.places == LEARNED
