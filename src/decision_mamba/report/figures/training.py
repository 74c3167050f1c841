"""Loss and learning rate over the updates."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from decision_mamba.report.figures import axes as marks
from decision_mamba.report.figures.palette import DATA, MUTED, SERIES
from decision_mamba.report.figures.svg import Key, Picture, Words, picture
from decision_mamba.report.record import Metric

_POINTS = 600  # more than a screen shows


def draw_training(metrics: Sequence[Metric]) -> Picture:
    """Draws the metrics, of which at least one has a finite loss."""
    shown = [metric for metric in metrics if math.isfinite(metric.loss)]
    reach = max(1, len(shown) // 50)
    keys = (
        Key(DATA, "as logged"),
        Key(SERIES[0], f"mean over {2 * reach + 1} logged rows"),
    )
    words = Words(
        "Loss",
        f"{_scale_in_words(shown)} Below, the learning rate.",
        f"Training loss, from {shown[0].loss:.3g} at update {shown[0].update:,} "
        f"to {shown[-1].loss:.3g} at update {shown[-1].update:,}.",
        keys,
    )

    def draw(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
        _draw_loss(above, shown, reach)
        _draw_learning_rate(below, shown)

    return picture(words, draw, wide_height=420, narrow_height=340)


def _draw_loss(axes: Axes, metrics: Sequence[Metric], reach: int) -> None:
    updates = [metric.update for metric in metrics]
    losses = [metric.loss for metric in metrics]
    thin = slice(None, None, math.ceil(len(metrics) / _POINTS))
    marker = "o" if len(metrics) == 1 else None  # one row is no line
    axes.plot(
        updates[thin], losses[thin], color=DATA.light, linewidth=0.8, alpha=0.7, marker=marker
    )
    axes.plot(updates[thin], smooth(losses, reach)[thin], color=SERIES[0].light, linewidth=2.2)
    marks.title_above(axes, "loss")
    if is_logarithmic(losses):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _draw_learning_rate(axes: Axes, metrics: Sequence[Metric]) -> None:
    thin = slice(None, None, math.ceil(len(metrics) / _POINTS))
    rates = [metric.learning_rate for metric in metrics]
    axes.plot([m.update for m in metrics][thin], rates[thin], color=MUTED.light, linewidth=1.8)
    top = max(rates) or 1.0
    axes.set(xlabel="updates", ylim=(0, 1.15 * top), yticks=[0, top])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
    marks.title_above(axes, "learning rate")
    marks.write_updates(axes)


def smooth(values: Sequence[float], reach: int) -> list[float]:
    """The mean of each value with `reach` neighbours on both sides, fewer at the ends."""
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    last = len(values)
    spans = [(max(0, i - reach), min(last, i + reach + 1)) for i in range(last)]
    return [(sums[end] - sums[start]) / (end - start) for start, end in spans]


def is_logarithmic(losses: Sequence[float]) -> bool:
    """Whether losses are better read on a logarithmic axis: all above 0, over a factor of 5."""
    return min(losses) > 0 and max(losses) / min(losses) > 5


def _scale_in_words(metrics: Sequence[Metric]) -> str:
    losses = [metric.loss for metric in metrics]
    return "The loss's axis is logarithmic." if is_logarithmic(losses) else "The axis is linear."
