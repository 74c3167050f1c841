"""What a policy earns with other weights inside its mixers, as bars.

Source: Dai et al. 2024, arXiv:2405.12094, figure 5.
"""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from decision_mamba.report.figures import axes as marks
from decision_mamba.report.figures.palette import DATA, INK, series
from decision_mamba.report.figures.png import png
from decision_mamba.result import Reading

_GAP = 0.25  # between two groups of bars, in the width of a group


def draw_influence(readings: Mapping[str, Sequence[Reading]], title: str) -> bytes:
    """Draws a group per alteration and in it a bar per target, with its interval.

    Args:
        readings: by alteration; the first is the untouched policy, whose mean is drawn across.
        title: what stands above.
    """
    untouched = next(iter(readings.values()))

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for place, of_target in enumerate(untouched):
            means = [group[place] for group in readings.values()]
            _draw_target(axes, means, place, len(untouched))
            axes.axhline(of_target.mean, color=series(place).light, linewidth=1, linestyle="--")
        axes.set_xticks(range(len(readings)), list(readings), rotation=40, ha="right")
        axes.set(title=title, ylabel="mean return, 95 % interval over episodes")
        marks.write_returns(axes, "y")
        axes.grid(True, axis="y")
        axes.set_axisbelow(True)
        if len(untouched) > 1:
            axes.legend(frameon=False)

    return png(draw, max(5.0, 1.6 + 0.55 * len(readings)), 4.2)


def _draw_target(axes: Axes, means: Sequence[Reading], place: int, targets: int) -> None:
    width = (1 - _GAP) / targets
    target = means[0].target
    axes.bar(
        [number + width * (place - (targets - 1) / 2) for number in range(len(means))],
        [one.mean for one in means],
        width,
        yerr=[math.nan if one.interval is None else one.interval for one in means],
        color=series(place).light,
        edgecolor=DATA.light,
        ecolor=INK.light,
        capsize=2,
        label=None if target is None else f"asked for {target:,.10g}",
    )
