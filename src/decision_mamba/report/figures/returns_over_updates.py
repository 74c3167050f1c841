"""The return of every target as training went on."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from decision_mamba.report.figures import axes as marks
from decision_mamba.report.figures.palette import CARD, Colour
from decision_mamba.report.figures.svg import Key, Picture, Words, picture
from decision_mamba.report.scores import NormalisedScale, Score, targets_of
from decision_mamba.report.wording import listed, number
from decision_mamba.words import counted, plural


def draw_returns(
    scores: Sequence[Score],
    colours: Mapping[float | None, Colour],
    scale: NormalisedScale | None = None,
) -> Picture:
    """Draws the mean and its interval at every evaluation, one line per target."""
    targets = targets_of(scores)
    keys = tuple(Key(colours[target], asked(target)) for target in targets)
    words = Words(
        "Return over training",
        f"Mean return of each evaluation{_which(scores[0])}, in its band the 95 % interval over "
        f"the {plural(scores[0].unit)}. A dashed line is the return that was asked for.",
        f"Mean return over updates, {listed([key.label for key in keys])}.",
        keys,
    )

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for target in targets:
            _draw_target(axes, [s for s in scores if s.target == target], colours[target])
        axes.set_xlabel("updates")
        axes.margins(x=0.03)
        marks.title_above(axes, "mean return")
        marks.write_updates(axes)
        marks.write_returns(axes, "y")
        marks.add_normalised_axis(axes, scale)

    return picture(words, draw, wide_height=380, narrow_height=300)


def asked(target: float | None) -> str:
    """A target as a legend names it."""
    return "takes no target" if target is None else f"asked for {number(target)}"


def _which(score: Score) -> str:
    last = score.consecutive
    return f" in the last of {counted(last, 'consecutive episode')}" if last else ""


def _draw_target(axes: Axes, scores: Sequence[Score], colour: Colour) -> None:
    updates = [score.update for score in scores]
    means = [score.mean for score in scores]
    # A return by itself has neither a band nor a bar.
    intervals = [math.nan if score.interval is None else score.interval for score in scores]
    below = [mean - interval for mean, interval in zip(means, intervals, strict=True)]
    above = [mean + interval for mean, interval in zip(means, intervals, strict=True)]
    axes.fill_between(updates, below, above, color=colour.light, alpha=0.18, linewidth=0)
    axes.errorbar(
        updates, means, intervals, color=colour.light, fmt="o-",
        linewidth=2.2, markersize=6, markeredgecolor=CARD.light, elinewidth=1.2,
    )  # fmt: skip
    if scores[0].target is not None:
        axes.axhline(scores[0].target, color=colour.light, linewidth=1.2, linestyle=(0, (5, 4)))
