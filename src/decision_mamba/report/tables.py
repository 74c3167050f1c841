"""The tables of a report, as words in rows and columns."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from decision_mamba.report.record import Record
from decision_mamba.report.scores import NormalisedScale, Score
from decision_mamba.report.wording import (
    duration,
    listed,
    number,
    plus_minus,
    plus_minus_normalised,
)
from decision_mamba.result import Reading
from decision_mamba.words import plural

_MEAN = "mean return ± 95\N{NO-BREAK SPACE}%"
_NOT_KNOWN = "–"


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of texts under headings, or pairs of name and value where there are no headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def what_ran(record: Record) -> Table:
    """Preset, task, size, speed and data of a run."""
    result = record.result
    returns = result.data.returns
    reached = f"{number(min(returns))} to {number(max(returns))}" if returns else "not known"
    rows = (
        ("preset", result.preset),
        ("task", result.task or "none, the policy was not played"),
        ("seed", str(result.seed)),
        ("status", result.status),
        ("updates", f"{result.update:,} of {result.updates:,}"),
        ("parameters", f"{result.parameters:,}"),
        ("training time", f"{duration(result.seconds)}, evaluations left out"),
        ("updates per second", speed(record)),
        ("device", result.device),
        ("data", ", ".join(result.data.sources)),
        ("episodes in the data", f"{result.data.episodes:,}"),
        ("steps in the data", f"{result.data.steps:,}"),
        ("returns in the data", reached),
        ("run folder", str(record.folder)),
    )
    return Table((), rows)


def speed(record: Record) -> str:
    """Updates per second, the mean over the whole training."""
    result = record.result
    if result.seconds <= 0:
        return "not known"
    return f"{number(result.update / result.seconds)}, mean over the training"


def readings_table(readings: Iterable[Reading]) -> Table:
    """Every way to sum the run up, in words."""
    listed_ones = tuple(readings)
    rows = [_reading_row(reading) for reading in listed_ones]
    headings: tuple[str, ...] = ("reading", "update", "target", "episodes", _MEAN, "normalised")
    if any(reading.optimum is not None for reading in listed_ones):
        headings = ("reading", "update", "target", "tasks", _MEAN, "normalised", "optimum")
        optima = [reading.optimum for reading in listed_ones]
        rows = [
            (*row, _NOT_KNOWN if optimum is None else number(optimum))
            for row, optimum in zip(rows, optima, strict=True)
        ]
    return Table(headings, tuple(rows))


def scores_table(scores: Sequence[Score], task: str, scale: NormalisedScale | None) -> Table:
    """The scores of one evaluation; normalised on the run's own task only.

    Task and mode have columns where they differ; `kinds_played` names them where they do not.
    """
    headings: tuple[str, ...] = (
        "target", _MEAN, "normalised", "least", "most", "mean length", plural(scores[0].unit),
    )  # fmt: skip
    rows = [_score_row(s, scale if s.task == task else None) for s in scores]
    if len({(s.task, s.mode) for s in scores}) > 1:
        headings += ("task", "mode")
        rows = [(*row, s.task, s.mode) for row, s in zip(rows, scores, strict=True)]
    return Table(headings, tuple(rows))


def kinds_played(scores: Iterable[Score]) -> str:
    """The tasks and modes of an evaluation: "Hopper-v5 in recurrent mode"."""
    return listed(sorted({f"{s.task} in {s.mode} mode" for s in scores}))


def settings_table(settings: dict[str, Any]) -> Table:
    """Every setting by the path that sets it."""
    return Table((), tuple(_flat(settings, "")))


def versions_table(versions: Iterable[str]) -> Table:
    """One package per row."""
    pairs = (version.partition(" ") for version in versions)
    return Table((), tuple((name, version) for name, _, version in pairs))


def comparison_table(runs: Sequence[tuple[Record, Sequence[Score]]]) -> Table:
    """One row per run with what its last evaluation reached."""
    headings = (
        "run", "preset", "task", "seed", "updates", "parameters", f"asked → {_MEAN}",
        "episodes each",
    )  # fmt: skip
    return Table(headings, tuple(_comparison_row(record, scores) for record, scores in runs))


def target_in_words(target: float | None) -> str:
    """A target, or that there was none."""
    return "none" if target is None else number(target)


def _reading_row(reading: Reading) -> tuple[str, ...]:
    normalised = _NOT_KNOWN
    if reading.normalised is not None:
        normalised = plus_minus_normalised(
            reading.normalised, reading.normalised_interval, reading.episodes
        )
    return (
        reading.label,
        f"{reading.update:,}",
        target_in_words(reading.target),
        f"{reading.episodes:,}",
        plus_minus(reading.mean, reading.interval, reading.episodes),
        normalised,
    )


def _score_row(score: Score, scale: NormalisedScale | None) -> tuple[str, ...]:
    episodes = len(score.returns)
    normalised = _NOT_KNOWN
    if scale is not None:
        normalised = plus_minus_normalised(
            scale.of(score.mean), scale.spread(score.interval), episodes
        )
    return (
        target_in_words(score.target),
        plus_minus(score.mean, score.interval, episodes),
        normalised,
        number(min(score.returns)),
        number(max(score.returns)),
        f"{score.mean_length:,.0f}",
        f"{episodes:,}",
    )


def _comparison_row(record: Record, scores: Sequence[Score]) -> tuple[str, ...]:
    result = record.result
    reached = "\n".join(
        f"{target_in_words(s.target)} → {plus_minus(s.mean, s.interval, len(s.returns))}"
        for s in scores
    )
    return (
        record.name,
        result.preset,
        result.task,
        str(result.seed),
        f"{result.update:,}"
        if result.update == result.updates
        else f"{result.update:,} of {result.updates:,}",
        f"{result.parameters:,}",
        reached or "not evaluated",
        listed([f"{count:,}" for count in sorted({len(s.returns) for s in scores})]) or "0",
    )


def _flat(settings: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        # The kind of a nested table is the value of the setting that holds it.
        where = path if name == "kind" and path else f"{path}.{name}".lstrip(".")
        if isinstance(value, dict):
            yield from _flat(value, where)
        else:
            yield where, _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
