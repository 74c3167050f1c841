"""Measured costs as the curves of a picture."""

from collections.abc import Callable, Sequence

from decision_mamba.analysis.efficiency import Cost, Point, TooLarge
from decision_mamba.report.figures.efficiency import Curve, draw_efficiency

_MEBI = 2**20

_Number = Callable[[Cost], float]

_OF_DECISIONS: dict[str, _Number] = {
    "a decision, ms": lambda cost: cost.milliseconds,
    "a decision, million multiply-adds": lambda cost: cost.multiply_adds / 1e6,
    "a decision, MiB of tensors at once": lambda cost: cost.peak_bytes / _MEBI,
}
_OF_TRAINING: dict[str, _Number] = {
    "training: forward and backward, ms": lambda cost: cost.milliseconds,
    "training: MiB of tensors at once": lambda cost: cost.peak_bytes / _MEBI,
}


def picture(points: Sequence[Point], title: str) -> bytes:
    """Draws what decisions cost, by window and by state, and what training does."""
    names = list(dict.fromkeys(point.policy for point in points))
    of = {name: [point for point in points if point.policy == name] for name in names}
    panels: dict[str, list[Curve]] = {}
    for title_of, number in _OF_DECISIONS.items():
        panels[title_of] = [
            curve
            for name in names
            for curve in (
                Curve(name, _by_length(of[name], "window", number)),
                Curve(name, _by_length(of[name], "recurrent", number), dashed=True),
            )
        ]
    for title_of, number in _OF_TRAINING.items():
        panels[title_of] = [Curve(name, _by_length(of[name], "training", number)) for name in names]
    return draw_efficiency(panels, title)


def _by_length(points: Sequence[Point], work: str, number: _Number) -> dict[int, float]:
    """At the lengths for which there was room."""
    costs = {point.length: getattr(point, work) for point in points}
    return {n: number(cost) for n, cost in costs.items() if not isinstance(cost, TooLarge)}
