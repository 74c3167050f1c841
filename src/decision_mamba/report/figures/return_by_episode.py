"""The return of each of several consecutive episodes, in tasks that nothing was learned from."""

import dataclasses
import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from decision_mamba.by_episode import Mean
from decision_mamba.report.figures import axes as marks
from decision_mamba.report.figures.palette import CARD, MUTED, SERIES, Colour, series
from decision_mamba.report.figures.png import png
from decision_mamba.report.figures.svg import Key, Picture, Words, picture
from decision_mamba.report.wording import listed, number

_DOTTED = (0, (1, 2))
_MARKERS = "osD^"
_SPARSE = 20  # episodes whose markers stand apart


@dataclasses.dataclass(frozen=True)
class Curve:
    """One run, or the seeds of one preset.

    Attributes:
        means: by episode, from the first on.
        optimum: mean return of the best policy that knows the tasks; None where it is not known.
        control: by episode where it forgets at each; none where that was not played.
    """

    label: str
    means: tuple[Mean, ...]
    optimum: float | None = None
    control: tuple[Mean, ...] = ()


def draw_by_episode(
    curves: Sequence[Curve], *, intervals: str = "tasks", title: str = "Return by episode"
) -> Picture:
    """Draws a line per curve with its interval as a band, dotted its control, the optimum across.

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


def by_episode_png(curves: Sequence[Curve], title: str, *, intervals: str = "tasks") -> bytes:
    """The same as a PNG file, with a legend below, where it hides no curve."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _draw(axes, curves)
        axes.set(title=f"{title}\nband: 95 % interval over {intervals}", ylabel="mean return")
        axes.grid(True)
        axes.set_axisbelow(True)
        figure.legend(loc="outside lower left", ncols=2, frameon=False)

    return png(draw, 6.4, 4.2 + 0.1 * len(curves))


def _draw(axes: Axes, curves: Sequence[Curve]) -> None:
    for index, curve in enumerate(curves):
        # Colours begin again after the last of them, markers do not.
        marker = _MARKERS[index // len(SERIES) % len(_MARKERS)]
        _draw_curve(axes, curve, series(index), marker)
        if curve.control:
            _draw_control(axes, curve.control, series(index))
    if any(curve.control for curve in curves):
        axes.plot([], [], color=MUTED.light, linestyle=_DOTTED, label="forgetting at each episode")
    for optimum, colour in _optima(curves):
        axes.axhline(
            optimum, color=colour.light, linewidth=1.2, linestyle=(0, (5, 4)),
            label="optimum" if colour == MUTED else None,
        )  # fmt: skip
    axes.set_xlabel("episode")
    axes.margins(x=0.03)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    marks.write_returns(axes, "y")


def _draw_curve(axes: Axes, curve: Curve, colour: Colour, marker: str) -> None:
    numbers = [mean.number for mean in curve.means]
    middle = [mean.mean for mean in curve.means]
    below = [mean.mean - (mean.interval or 0.0) for mean in curve.means]
    above = [mean.mean + (mean.interval or 0.0) for mean in curve.means]
    axes.fill_between(numbers, below, above, color=colour.light, alpha=0.18, linewidth=0)
    axes.plot(
        numbers, middle, color=colour.light, marker=marker, linewidth=2.2,
        markersize=5 if len(numbers) <= _SPARSE else 3.5,
        markeredgecolor=CARD.light, markeredgewidth=0.5, label=curve.label,
    )  # fmt: skip


def _draw_control(axes: Axes, control: Sequence[Mean], colour: Colour) -> None:
    axes.plot(
        [mean.number for mean in control],
        [mean.mean for mean in control],
        color=colour.light, linestyle=_DOTTED, linewidth=1.4,
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
