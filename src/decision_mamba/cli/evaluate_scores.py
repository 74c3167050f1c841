"""The scores of an evaluation: the table that is printed, and the file."""

import dataclasses
import itertools
import statistics
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from decision_mamba.envs import Reference, settings_of
from decision_mamba.evaluation.aggregate import by_target
from decision_mamba.evaluation.evaluate import Evaluation, scale
from decision_mamba.evaluation.scores import normalised, normalised_spread, scale_name
from decision_mamba.games import game_of
from decision_mamba.result import Played


def as_table(settings: Evaluation, played: Sequence[Played]) -> Table:
    """A row per target: mean return and its 95 % interval, in reward units and normalised."""
    assert settings.task is not None
    reference = scale(settings)
    table = Table(
        title=f"{settings.task}, {_manner(settings)}, mean return and 95 % interval",
        title_justify="left",
        caption=_ends(settings, reference),
        caption_justify="left",
    )
    for name in ("target", "episodes", "return", scale_name(settings.task), "steps"):
        table.add_column(name, justify="right")
    for reading in by_target(played, reference):
        lengths = [one.length for one in played if one.target == reading.target]
        table.add_row(
            in_words(reading.target),
            str(reading.episodes),
            with_interval(reading.mean, reading.interval),
            with_interval(reading.normalised, reading.normalised_interval),
            f"{sum(lengths) / len(lengths):,.0f}",
        )
    return table


def as_json(
    policy: str, settings: Evaluation, seed: int, played: Sequence[Played]
) -> dict[str, Any]:
    """Every return, and all that it takes to play them again."""
    assert settings.task is not None
    reference = scale(settings)
    groups = itertools.groupby(played, key=lambda one: one.target)
    return {
        "task": settings.task,
        "mode": settings.mode,
        "policy": policy,
        "seed": seed,
        "keep_target": settings.keep_target,
        "temperature": settings.temperature,
        "top_k": settings.top_k,
        "noise": settings.noise,
        "noise_on": settings.noise_on,
        "preprocessing": _screen(settings),
        "references": settings.references,
        "reference": None if reference is None else dataclasses.asdict(reference),
        "targets": [_of_target(target, list(group), reference) for target, group in groups],
    }


def in_words(target: float | None) -> str:
    """A target as it is printed."""
    return "none" if target is None else f"{target:,.10g}"


def _of_target(
    target: float | None, played: list[Played], reference: Reference | None
) -> dict[str, Any]:
    # Listed by episode, whichever ended first, so that two files can be compared.
    episodes = sorted(played, key=lambda one: one.episode)
    returns = [one.total_reward for one in episodes]
    [reading] = by_target(episodes, reference)
    deviation = statistics.stdev(returns) if len(returns) > 1 else None
    return {
        "target": target,
        "episodes": len(returns),
        "returns": returns,
        "lengths": [one.length for one in episodes],
        "mean": statistics.fmean(returns),
        "interval": reading.interval,
        "standard_deviation": deviation,
        "normalised": normalised(statistics.fmean(returns), reference),
        "normalised_interval": reading.normalised_interval,
        "normalised_standard_deviation": (
            None if deviation is None else normalised_spread(deviation, reference)
        ),
    }


def with_interval(mean: float | None, interval: float | None) -> str:
    """A mean as it is printed, with its interval where it has one."""
    if mean is None:
        return "–"
    return f"{mean:,.1f}" if interval is None else f"{mean:,.1f} ± {interval:,.1f}"


def _ends(settings: Evaluation, reference: Reference | None) -> str | None:
    """By what was normalised."""
    assert settings.task is not None
    if reference is None:
        return None
    expert = "the expert's" if game_of(settings.task) is None else "a human tester's"
    return (
        f"normalised, {settings.references} references: 0 is random play's {reference.random:,.7g},"
        f" 100 is {expert} {reference.expert:,.7g}"
    )


def _screen(settings: Evaluation) -> dict[str, Any] | None:
    """How the screen of a game was prepared, with the chance to repeat an action in force."""
    assert settings.task is not None
    if game_of(settings.task) is None:
        return None
    screen, chance = settings.preprocessing, settings.preprocessing.chance_in(settings.task)
    return dataclasses.asdict(screen) | {"repeat_action_probability": chance}


def in_words_of_choice(settings: Evaluation) -> list[str]:
    """How one of several actions is chosen, and by what observations, where not as usual."""
    parts = []
    if settings.temperature == 0 or settings.top_k == 1:
        parts.append("the likeliest action")
    elif settings.temperature != 1:
        parts.append(f"temperature {settings.temperature:g}")
    if settings.top_k > 1:
        parts.append(f"of the {settings.top_k} likeliest actions")
    if settings.noise:
        parts.append(f"noise of {settings.noise:g} on {settings.noise_on} observation")
    return parts


def _manner(settings: Evaluation) -> str:
    parts = [f"{settings.mode} mode"]
    if settings.keep_target:
        parts.append("target kept")
    parts += in_words_of_choice(settings)
    if settings_of(settings.task or "") is not None:
        parts.append("tasks learned from and others alike, each by itself")
    if settings.preprocessing.repeat_action_probability is not None:
        chance = settings.preprocessing.repeat_action_probability
        parts.append(f"actions repeated with a chance of {chance:g}")
    if settings.preprocessing.life_loss_ends:
        parts.append("an episode ends with a life")
    return ", ".join(parts)
