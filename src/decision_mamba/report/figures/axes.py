"""What the axes of several pictures have in common."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from decision_mamba.report.figures.palette import MUTED
from decision_mamba.report.scores import NormalisedScale
from decision_mamba.report.wording import number


def write_returns(axes: Axes, axis: str) -> None:
    """Marks the "x" or "y" axis in reward units."""
    low, high = axes.get_xlim() if axis == "x" else axes.get_ylim()
    chosen = axes.xaxis if axis == "x" else axes.yaxis
    scale = max(abs(low), abs(high))
    chosen.set_major_formatter(FuncFormatter(lambda value, _: number(float(value), scale)))


def write_updates(axes: Axes) -> None:
    """Marks the x axis in whole updates, few enough for a phone."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def add_normalised_axis(axes: Axes, scale: NormalisedScale | None) -> None:
    """Marks the right side in normalised scores, where the scale is known."""
    if scale is None:
        return
    slope, offset = scale.slope, scale.offset
    functions = (lambda y: slope * y + offset, lambda y: (y - offset) / slope)
    right = axes.secondary_yaxis("right", functions=functions)
    right.set_ylabel("normalised score")
    right.spines["right"].set_visible(False)
    right.tick_params(color=MUTED.light)


def title_above(axes: Axes, text: str) -> None:
    """Names the y axis above it, level with its numbers, where a phone has room for it."""
    axes.set_title(text, loc="left", fontsize=13, color=MUTED.light, pad=10)
