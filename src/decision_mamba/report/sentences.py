"""What a report says about a run in whole sentences."""

import math
from collections.abc import Iterator, Sequence

from decision_mamba.report.in_context import sentence_on_optimum
from decision_mamba.report.record import Record
from decision_mamba.report.scores import Score
from decision_mamba.report.wording import listed, number, plus_minus
from decision_mamba.words import counted, plural

_SPOKEN = 4  # targets that one sentence can carry


def opening(record: Record, scores: Sequence[Score]) -> str:
    """What the policy did; `scores` are of the last evaluation, of one task and mode."""
    if not scores:
        score = "no score yet" if record.result.task else "no score, for there is no task to play"
        return f"There is {score}: the run {status(record)}."
    if scores[0].target is None:
        return _capital(f"{_when(scores[0])}it reached {_reached(scores[0])}.")
    first, *others = scores[:_SPOKEN]
    asked = f"asked for {number(first.target or 0.0)} it reached {_reached(first)}"
    parts = [_capital(f"{_when(first)}{asked}")]
    parts += [f"asked for {number(score.target or 0.0)}, {_reached(score)}" for score in others]
    left_out = len(scores) - len(parts)
    more = f"; {counted(left_out, 'further target')} in the table" if left_out else ""
    return f"{'; '.join(parts)}{more}."


def basis(record: Record, scores: Sequence[Score]) -> str:
    """What the opening's numbers rest on; without scores, nothing."""
    if not scores:
        return ""
    counts = sorted({len(score.returns) for score in scores})
    each = " each" if len(scores) > 1 else ""
    episodes = (
        f"{listed([f'{count:,}' for count in counts])} {_noun(scores[0].unit, counts[-1])}{each}"
    )
    interval = "Mean return with 95 % interval" if counts[-1] > 1 else "Return"
    return (
        f"{interval} over {episodes} of {scores[0].task}, played in {scores[0].mode} mode"
        f"{_noise(record)} at the last evaluation, after update {scores[0].update:,}. "
        f"{sentence_on_optimum(record)}The run {status(record)}."
    )


def status(record: Record) -> str:
    """How far the run came, to follow "The run"."""
    result = record.result
    reached = f"update {result.update:,} of {result.updates:,}"
    if result.status == "finished":
        return f"finished at {reached}"
    if result.status == "stopped":
        return f"was stopped at {reached} and can be resumed"
    return f"was at {reached} when it last wrote its result"


def notes(record: Record, *, has_other_scores: bool) -> Iterator[str]:
    """What is missing or left out, a sentence each.

    `has_other_scores` where the last evaluation played other tasks or modes than the pictures
    show.
    """
    if not record.evaluations and record.result.task:
        yield "No evaluation was finished (evaluations.jsonl is missing or empty)."
    if record.evaluations and not record.result.readings:
        yield "result.json sums up no evaluation, so there are no readings."
    if has_other_scores:
        yield "The pictures show one task and mode of the last evaluation, the table all of them."
    if not record.result.data.returns:
        yield "result.json does not tell the returns of the data."
    if record.settings is None:
        yield "settings.toml is missing, so the settings are not listed."
    yield from _notes_on_metrics(record)
    if record.video is None:
        yield record.without_video or "The run folder has no video."


def _notes_on_metrics(record: Record) -> Iterator[str]:
    if not record.metrics:
        yield "No update was logged (metrics.jsonl is missing or empty), so there is no loss curve."
    if wild := [m.update for m in record.metrics if not math.isfinite(m.loss)]:
        yield f"The loss was not finite at {counted(len(wild), 'update')}, first at {wild[0]:,}."


def _noise(record: Record) -> str:
    settings = (record.settings or {}).get("evaluation", {})
    noise, where = settings.get("noise", 0.0), settings.get("noise_on", "every")
    return f" with noise of {noise:g} on {where} observation" if noise else ""


def _reached(score: Score) -> str:
    return plus_minus(score.mean, score.interval, len(score.returns))


def _when(score: Score) -> str:
    last = score.consecutive
    return f"in the last of {counted(last, 'consecutive episode')} " if last else ""


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _noun(unit: str, count: int) -> str:
    return unit if count == 1 else plural(unit)
