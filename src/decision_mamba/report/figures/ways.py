"""The ways of consecutive episodes through one maze, beside one another."""

from collections.abc import Sequence

from jaxtyping import UInt8
from matplotlib.figure import Figure
from numpy import ndarray

from decision_mamba.report.figures.png import png
from decision_mamba.report.wording import number

_ACROSS = 10  # pictures in a row of square ones
_SIDE = 1.15  # inches


def draw_ways(
    ways: Sequence[UInt8[ndarray, "height width 3"]], returns: Sequence[float], title: str
) -> bytes:
    """Draws the picture of each episode's way, above it which episode and what it earned.

    Args:
        ways: in the order of play, at least one, all of one size.
        returns: as many.
        title: what stands above.
    """
    height, width, _ = ways[0].shape
    # A corridor is many times wider than high, and gets a row of its own.
    across = min(len(ways), max(_ACROSS * height // width, 1))
    rows = -(-len(ways) // across)

    def draw(figure: Figure) -> None:
        figure.suptitle(title, x=0.01, ha="left")
        grid = figure.subplots(rows, across, squeeze=False)
        for axes in grid.flat:
            axes.set_axis_off()
        for index, (axes, way, earned) in enumerate(zip(grid.flat, ways, returns, strict=False)):
            axes.imshow(way, interpolation="nearest", aspect="equal")
            axes.set_title(f"{index + 1}: {number(earned)}", fontsize=8)

    wide = max(across, _ACROSS // 2) * _SIDE
    return png(draw, wide, rows * (wide / across * height / width + 0.3) + 0.4)
