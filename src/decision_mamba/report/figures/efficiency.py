"""What policies cost as their sequences grow, on logarithmic scales.

Source: Dai et al. 2024, arXiv:2405.12094, figure 2.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from decision_mamba.report.figures.palette import INK, series
from decision_mamba.report.figures.png import png

_ROOM_OF_A_NAME = 1.5  # on the logarithmic scale of lengths


@dataclasses.dataclass(frozen=True)
class Curve:
    """One quantity of one policy, by length in environment steps.

    Attributes:
        dashed: whether it is of the policy that carries a state.
    """

    policy: str
    values: Mapping[int, float]
    dashed: bool = False


def draw_efficiency(panels: Mapping[str, Sequence[Curve]], title: str) -> bytes:
    """Draws a panel per quantity, two in a row; a policy has one colour in all of them."""
    policies = list(dict.fromkeys(c.policy for curves in panels.values() for c in curves))
    rows = len(panels) // 2 + 1  # with a place for the legend

    def draw(figure: Figure) -> None:
        figure.suptitle(title)
        grid = figure.subplots(rows, 2, squeeze=False)
        for axes, (name, curves) in zip(grid.flat, panels.items(), strict=False):
            for curve in curves:
                _draw_curve(axes, curve, policies.index(curve.policy))
            _mark(axes, name, sorted({n for curve in curves for n in curve.values}))
        for axes in grid.flat[len(panels) :]:
            axes.set_axis_off()
        _draw_legend(grid.flat[-1], policies)

    return png(draw, 10.0, 3.4 * rows + 0.5)


def _draw_legend(axes: Axes, policies: Sequence[str]) -> None:
    for place, name in enumerate(policies):
        axes.plot([], [], color=series(place).light, linewidth=3, label=name)
    axes.plot([], [], color=INK.light, label="the window read anew at each decision")
    axes.plot(
        [],
        [],
        color=INK.light,
        linestyle="--",
        label="the state carried, of attention its keys and values",
    )
    axes.legend(loc="center", frameon=False)


def _draw_curve(axes: Axes, curve: Curve, place: int) -> None:
    axes.plot(
        list(curve.values), list(curve.values.values()), color=series(place).light,
        linestyle="--" if curve.dashed else "-", marker="o", markersize=3, linewidth=1.4,
    )  # fmt: skip


def _mark(axes: Axes, name: str, lengths: Sequence[int]) -> None:
    axes.set(xscale="log", yscale="log", title=name, xlabel="length, environment steps")
    told = _apart(lengths)
    axes.set_xticks(told, [f"{length:,}" for length in told])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(True)


def _apart(lengths: Sequence[int]) -> list[int]:
    """Those of ascending lengths whose names have room beside each other."""
    told: list[int] = []
    for length in lengths:
        if not told or length > _ROOM_OF_A_NAME * told[-1]:
            told.append(length)
    return told
