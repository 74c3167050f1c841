"""How the policy's returns are distributed, beside those of the data."""

import dataclasses
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from decision_mamba.report.figures import axes as marks
from decision_mamba.report.figures.palette import DATA, INK, Colour
from decision_mamba.report.figures.returns_over_updates import asked
from decision_mamba.report.figures.svg import Picture, Words, is_narrow, picture
from decision_mamba.report.scores import Score
from decision_mamba.report.wording import listed
from decision_mamba.words import counted

_BINS = 48


@dataclasses.dataclass(frozen=True)
class _Row:
    label: str
    returns: tuple[float, ...]
    colour: Colour
    target: float | None = None


def draw_distribution(
    data: Sequence[float],
    episodes: int,
    scores: Sequence[Score],
    colours: Mapping[float | None, Colour],
) -> Picture:
    """Draws a histogram for the data and one for every target, on one axis of returns.

    Args:
        data: returns, or quantiles of them.
        episodes: how many episodes the data have.
        scores: those of one evaluation.
        colours: by target.
    """
    rows = [_Row(f"data, {counted(episodes, 'episode')}", tuple(data), DATA)] if data else []
    rows += [
        _Row(
            f"{asked(s.target)}, {counted(len(s.returns), 'episode')}",
            s.returns,
            colours[s.target],
            s.target,
        )
        for s in scores
    ]
    words = Words(
        "Distribution of returns",
        "The share of episodes by return, each row to its own height. "
        "A dashed line is the return that was asked for.",
        f"Histograms of returns: {listed([row.label for row in rows])}.",
    )

    def draw(figure: Figure) -> None:
        _draw_rows(figure, rows)

    height = 60 + 82 * len(rows)
    return picture(words, draw, wide_height=height, narrow_height=height)


def _draw_rows(figure: Figure, rows: Sequence[_Row]) -> None:
    values = [value for row in rows for value in row.returns]
    values += [row.target for row in rows if row.target is not None]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    limits = (low - 0.02 * span, high + 0.04 * span)
    stacked = figure.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0]
    for axes, row in zip(stacked, rows, strict=True):
        _draw_row(axes, row, limits)
    stacked[-1].set(xlim=limits, xlabel="return of an episode")
    marks.write_returns(stacked[-1], "x")
    if is_narrow(figure):
        stacked[-1].locator_params(axis="x", nbins=4)


def _draw_row(axes: Axes, row: _Row, limits: tuple[float, float]) -> None:
    axes.hist(row.returns, bins=_BINS, range=limits, histtype="stepfilled", color=row.colour.light)
    axes.set_title(row.label, loc="left", fontsize=12.5, color=INK.light, pad=4)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(bottom=False)
    if row.target is not None:
        axes.axvline(row.target, color=INK.light, linewidth=1.4, linestyle=(0, (5, 4)))
