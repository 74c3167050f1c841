"""The tables say what was reached, and only what the intervals carry."""

import dataclasses
import io
from pathlib import Path

import pytest
from rich.console import Console

from decision_mamba.analysis.learning import reached
from decision_mamba.cli.analyse.learning_table import as_markdown, as_table
from decision_mamba.experiments.learning import Trial, rows
from decision_mamba.experiments.trained import Trained, trained_in_context
from tests.cli.analyse.learners import TERMS, trial_of, two_learners
from tests.experiments.learned import write_run


@pytest.fixture
def run(tmp_path: Path) -> Trained:
    return trained_in_context(write_run(tmp_path / "run"))


def test_a_row_tells_each_seed_and_what_lies_apart(run: Trained) -> None:
    text = as_markdown(two_learners(run), TERMS)

    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert lines[2] == (
        "| high | 3 | 7 | 1,234 | 1, 0.5, 0.5 | 1.00 ± 0.00 | 15.00 ± 2.48 | 0.50 ± 0.00 "
        "| 15.00 ± 2.48 | 14.00, 16.00, 15.00 | 15.00 |"
    )
    assert lines[3].startswith("| low | 3 | 7 | 1,234 | 0.5 | 1.00 ± 0.00 | 5.00 ± 2.48 |")
    assert "no other difference is carried: high above low." in text
    assert "each copy's best of 2 episodes, as AT and IDT report" in text
    assert "1 unseen tasks in 1 copies" not in text
    assert "Played: 1 unseen task in 1 copy. The best policy that knows" in text
    assert "In brackets" not in text
    assert "ever paid" not in text


def test_how_policies_were_told_to_remember_is_said(run: Trained) -> None:
    by_window = as_markdown(two_learners(run), dataclasses.replace(TERMS, mode="window"))

    assert "--seed 0 --mode window" in by_window
    assert "reads its last steps anew" in by_window
    assert "--mode" not in as_markdown(two_learners(run), TERMS)


def test_one_seed_stands_in_brackets_and_carries_nothing(run: Trained) -> None:
    single, other = trial_of(run, 9.0), trial_of(run, 5.0, instance=4)
    second = [dataclasses.replace(one, episode=1) for one in other.lasting.played]
    both = [*single.lasting.played, *second]
    sums = reached(both, both, read=2)
    found = rows({"one": [Trial(run, 0.5, {}, single.lasting, single.control, sums)]}, read=2)

    text = as_markdown(found, TERMS)

    assert "7.00 (± 25.41)" in text
    assert "ever paid" not in text
    assert "In brackets, where there is one seed" in text
    assert "There are no two intervals to compare" in text


def test_copies_that_were_never_paid_are_told_of(run: Trained) -> None:
    found = two_learners(run)
    (first, *others) = found[1].trials
    never = dataclasses.replace(first, reached=dataclasses.replace(first.reached, paid=0.5))
    found[1] = rows({"low": [never, *others]}, read=2)[0]

    lines = [line for line in as_markdown(found, TERMS).splitlines() if line.startswith("| ")]

    assert "| copies ever paid by episode 2 |" in lines[0]
    assert "| 100.0% |" in lines[2]
    assert "| 83.3% |" in lines[3]


@pytest.mark.parametrize(
    ("ways", "is_told"), [(("a", "b", "c"), False), (("a", "a", "b"), True), ((None,) * 3, False)]
)
def test_seeds_that_began_with_one_run_are_told_of(
    run: Trained, ways: tuple[str | None, ...], is_told: bool
) -> None:
    runs = [
        dataclasses.replace(run, experiment=dataclasses.replace(run.experiment, init_from=way))
        for way in ways
    ]

    text = as_markdown(rows({"dm": [trial_of(one, 1.0) for one in runs]}, read=2), TERMS)

    assert ("Seeds of dm began with the weights of one run" in text) == is_told


def test_temperatures_at_the_edge_of_those_tried_are_told_of(run: Trained) -> None:
    inner = dataclasses.replace(TERMS, temperatures=(0.2, 0.5, 1.0, 1.5))

    assert "For high, low it is the lowest or the highest" in as_markdown(two_learners(run), TERMS)
    assert "the lowest or the highest" not in as_markdown(two_learners(run), inner)


def test_other_tasks_are_told_of(run: Trained) -> None:
    found = rows({"a": [trial_of(run, 9.0)], "b": [trial_of(run, 9.0, instance=4)]}, read=2)

    assert "They are not the same for all runs" in as_markdown(found, TERMS)
    assert "They are not the same" not in as_markdown(two_learners(run), TERMS)


def test_a_terminal_of_80_columns_shows_every_mean(run: Trained) -> None:
    shown = io.StringIO()

    Console(width=80, file=shown).print(as_table(two_learners(run), TERMS))

    said = shown.getvalue()
    assert "…" not in said
    assert "15.00" in said
    assert said.index("high") < said.index("low")
