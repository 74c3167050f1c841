"""What a report says and shows about one run."""

import base64
import dataclasses
import math
from collections.abc import Sequence

from decision_mamba.report import sentences
from decision_mamba.report.figures.distribution import draw_distribution
from decision_mamba.report.figures.palette import colours_for
from decision_mamba.report.figures.returns_over_updates import draw_returns
from decision_mamba.report.figures.svg import Picture
from decision_mamba.report.figures.target_against_return import Series, draw_targets
from decision_mamba.report.figures.training import draw_training
from decision_mamba.report.in_context import picture_of
from decision_mamba.report.record import Record
from decision_mamba.report.scores import (
    NormalisedScale,
    Score,
    last_scores,
    normalised_scale,
    scores_of,
    targets_of,
)
from decision_mamba.report.tables import (
    Table,
    kinds_played,
    readings_table,
    scores_table,
    settings_table,
    versions_table,
    what_ran,
)


@dataclasses.dataclass(frozen=True)
class Section:
    """One run, ready to be set.

    Attributes:
        opening: what the policy did, in a sentence.
        basis: what that sentence rests on.
        notes: what is missing, a sentence each.
        first: target against return, or return by episode, where there was an evaluation.
        played: every score of the last evaluation.
        played_as: which evaluation that is; empty without one.
        pictures: the others.
        video: an MP4 file in base64; None where there is none, as one of the notes says.
    """

    record: Record
    opening: str
    basis: str
    notes: tuple[str, ...]
    first: Picture | None
    played: Table | None
    played_as: str
    pictures: tuple[Picture, ...]
    video: str | None
    about: Table
    readings: Table | None
    settings: Table | None
    versions: Table


def section_of(record: Record) -> Section:
    """Draws and words one run."""
    result = record.result
    scores = scores_of(record.evaluations)
    last = last_scores(scores)
    drawn = drawn_scores(record)
    scale = _scale(record)
    return Section(
        record=record,
        opening=sentences.opening(record, drawn),
        basis=sentences.basis(record, drawn),
        notes=tuple(sentences.notes(record, has_other_scores=len(last) > len(drawn))),
        first=_first_picture(record, drawn, scale) if drawn else None,
        played=scores_table(last, result.task, scale) if last else None,
        played_as=f"{kinds_played(last)}, after update {last[0].update:,}" if last else "",
        pictures=_other_pictures(record, drawn, scale),
        video=base64.b64encode(record.video).decode() if record.video else None,
        about=what_ran(record),
        readings=readings_table(result.readings) if result.readings else None,
        settings=settings_table(record.settings) if record.settings else None,
        versions=versions_table(result.versions),
    )


def drawn_scores(record: Record) -> tuple[Score, ...]:
    """Those of the last evaluation that one picture can hold: of one task and one mode."""
    last = last_scores(scores_of(record.evaluations))
    if not last:
        return ()
    own = [score for score in last if score.task == record.result.task]
    return _like((own or last)[0], last)


def _scale(record: Record) -> NormalisedScale | None:
    # Which references a run without its settings had is not known, and a guess may be wrong.
    if record.settings is None:
        return None
    references = record.settings.get("evaluation", {}).get("references", "exact")
    return normalised_scale(record.result.task, references)


def _like(example: Score, scores: Sequence[Score]) -> tuple[Score, ...]:
    return tuple(s for s in scores if (s.task, s.mode) == (example.task, example.mode))


def _first_picture(
    record: Record, drawn: Sequence[Score], scale: NormalisedScale | None
) -> Picture:
    if drawn[0].consecutive:
        return picture_of(record)
    colours = colours_for(targets_of(_history(record, drawn)))
    one = Series(record.name, tuple(drawn), tuple(colours[score.target] for score in drawn))
    on_own_task = drawn[0].task == record.result.task
    return draw_targets([one], record.result.data.returns, scale=scale if on_own_task else None)


def _other_pictures(
    record: Record, drawn: Sequence[Score], scale: NormalisedScale | None
) -> tuple[Picture, ...]:
    pictures = []
    if drawn:
        history = _history(record, drawn)
        colours = colours_for(targets_of(history))
        data = record.result.data
        on_own_task = drawn[0].task == record.result.task
        pictures.append(draw_distribution(data.returns, data.episodes, drawn, colours))
        pictures.append(draw_returns(history, colours, scale if on_own_task else None))
    if any(math.isfinite(metric.loss) for metric in record.metrics):
        pictures.append(draw_training(record.metrics))
    return tuple(pictures)


def _history(record: Record, drawn: Sequence[Score]) -> tuple[Score, ...]:
    # Every evaluation of what is drawn, so that a target keeps its colour from picture to picture.
    return _like(drawn[0], scores_of(record.evaluations))
