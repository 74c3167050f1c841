"""The return of each of several consecutive episodes, in tasks that nothing was learned from."""

import dataclasses
import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from decision_mamba.by_episode import Mean
from decision_mamba.report.figures import axes as marks
from decision_mamba.report.figures.palette import CARD, MUTED, Colour, series
from decision_mamba.report.figures.png import png
from decision_mamba.report.figures.svg import Key, Picture, Words, picture
from decision_mamba.report.wording import listed, number


@dataclasses.dataclass(frozen=True)
class Curve:
    """One run, or the seeds of one preset.

    Attributes:
        means: by episode, from the first on.
        optimum: mean return of the best policy that knows the tasks; None where it is not known.
    """

    label: str
    means: tuple[Mean, ...]
    optimum: float | None = None


def draw_by_episode(
    curves: Sequence[Curve], *, intervals: str = "tasks", title: str = "Return by episode"
) -> Picture:
    """Draws a line per curve with its interval as a band, and the optimum across.

    Args:
        curves: at least one.
        intervals: what they are over, in words.
        title: what stands above.
    """
    keys = tuple(Key(series(i), curve.label) for i, curve in enumerate(curves))
    words = Words(
        title,
        "Mean return of the first, the second and each later episode in one task, in its band the "
        f"95 % interval over {intervals}. Nothing is learned between them: what gets better is "
        f"remembered.{_on_optimum(curves)}",
        f"Mean return by episode, {listed([_described(curve) for curve in curves])}.",
        keys if len(keys) > 1 else (),
    )

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _draw(axes, curves)
        marks.title_above(axes, "mean return")

    return picture(words, draw, wide_height=400, narrow_height=300)


def by_episode_png(curves: Sequence[Curve], title: str) -> bytes:
    """The same as a PNG file, with a legend."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _draw(axes, curves)
        axes.set(title=title, ylabel="mean return, 95 % interval")
        axes.grid(True)
        axes.set_axisbelow(True)
        axes.legend(frameon=False)

    return png(draw, 6.4, 4.2)


def _draw(axes: Axes, curves: Sequence[Curve]) -> None:
    for index, curve in enumerate(curves):
        _draw_curve(axes, curve, series(index))
    for optimum, colour in _optima(curves):
        axes.axhline(
            optimum, color=colour.light, linewidth=1.2, linestyle=(0, (5, 4)),
            label="optimum" if colour == MUTED else None,
        )  # fmt: skip
    axes.set_xlabel("episode")
    axes.margins(x=0.03)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    marks.write_returns(axes, "y")


def _draw_curve(axes: Axes, curve: Curve, colour: Colour) -> None:
    numbers = [mean.number for mean in curve.means]
    middle = [mean.mean for mean in curve.means]
    below = [mean.mean - (mean.interval or 0.0) for mean in curve.means]
    above = [mean.mean + (mean.interval or 0.0) for mean in curve.means]
    axes.fill_between(numbers, below, above, color=colour.light, alpha=0.18, linewidth=0)
    axes.plot(
        numbers, middle, color=colour.light, marker="o", linewidth=2.2, markersize=5,
        markeredgecolor=CARD.light, label=curve.label,
    )  # fmt: skip


def _optima(curves: Sequence[Curve]) -> list[tuple[float, Colour]]:
    """One line where all were played in the same tasks, else each curve's own in its colour."""
    known = [(c.optimum, series(i)) for i, c in enumerate(curves) if c.optimum is not None]
    if known and all(math.isclose(optimum, known[0][0]) for optimum, _ in known):
        return [(known[0][0], MUTED)]
    return known


def _on_optimum(curves: Sequence[Curve]) -> str:
    optima = [number(optimum) for optimum, _ in _optima(curves)]
    if not optima:
        return ""
    return (
        f" Dashed is what the best policy that knows the tasks earns on average, {listed(optima)}."
    )


def _described(curve: Curve) -> str:
    first, last = curve.means[0], curve.means[-1]
    return (
        f"{curve.label}: from {number(first.mean)} in episode {first.number} to "
        f"{number(last.mean)} in episode {last.number}"
    )
