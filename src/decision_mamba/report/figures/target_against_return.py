"""The return that was asked for against the return that was reached."""

import dataclasses
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from decision_mamba.report.figures import axes as marks
from decision_mamba.report.figures.palette import CARD, DATA, INK, MUTED, Colour
from decision_mamba.report.figures.svg import Key, Picture, Words, is_narrow, picture
from decision_mamba.report.scores import NormalisedScale, Score
from decision_mamba.report.wording import listed, number, plus_minus

_GOLDEN = 0.6180339887  # multiples of it, modulo 1, fill an interval evenly in any number


@dataclasses.dataclass(frozen=True)
class Series:
    """Scores that belong together, with the colour of each."""

    label: str
    scores: tuple[Score, ...]
    colours: tuple[Colour, ...]


def draw_targets(
    series: Sequence[Series],
    data: Sequence[float],
    *,
    scale: NormalisedScale | None = None,
    title: str = "Target against return",
) -> Picture:
    """Draws one run, or several runs of one task.

    Args:
        series: one per run; with several, each has one colour and a line in the legend.
        data: returns of the episodes learned from, drawn beside the axis; empty for none.
        scale: for the axis of normalised scores.
        title: what stands above the picture.
    """
    keys = tuple(Key(s.colours[0], s.label) for s in series) if len(series) > 1 else ()
    words = Words(title, _caption(bool(data), len(series) > 1), _description(series), keys)

    def draw(figure: Figure) -> None:
        _draw(figure, series, data, scale)

    return picture(words, draw, wide_height=520, narrow_height=380)


def _draw(
    figure: Figure,
    series: Sequence[Series],
    data: Sequence[float],
    scale: NormalisedScale | None,
) -> None:
    low, high = _limits(series, data)
    if data:
        main, side = figure.subplots(1, 2, sharey=True, width_ratios=[5, 1])
        _draw_data(side, data, (low, high))
    else:
        main = figure.subplots()
    main.set(xlim=(low, high), ylim=(low, high), xlabel="return asked for")
    marks.title_above(main, "return reached")
    marks.write_returns(main, "x")
    marks.write_returns(main, "y")
    main.plot([low, high], [low, high], color=MUTED.light, linewidth=1.2, linestyle=(0, (5, 4)))
    if not is_narrow(figure):
        _label_diagonal(main, low, high)
        marks.add_normalised_axis(side if data else main, scale)
    for index, one in enumerate(series):
        shift = (index - (len(series) - 1) / 2) * 0.025 * (high - low)
        for score, colour in zip(one.scores, one.colours, strict=True):
            _draw_score(main, score, colour, shift=shift, with_number=len(series) == 1)


def _limits(series: Sequence[Series], data: Sequence[float]) -> tuple[float, float]:
    # One range for both axes: the diagonal then runs from corner to corner.
    values = [0.0, *data]
    for score in (score for one in series for score in one.scores):
        values += [*score.returns, *([] if score.target is None else [score.target])]
    low, high = min(values), max(values)
    margin = 0.06 * ((high - low) or 1.0)
    return (low - margin if low < 0 else 0.0), high + margin


def _label_diagonal(axes: Axes, low: float, high: float) -> None:
    axes.text(
        low + 0.04 * (high - low),
        low + 0.055 * (high - low),
        "did what it was told",
        color=MUTED.light,
        fontsize=12,
        rotation=45,
        rotation_mode="anchor",
        transform_rotates_text=True,
    )


def _draw_score(
    axes: Axes, score: Score, colour: Colour, *, shift: float, with_number: bool
) -> None:
    low, high = axes.get_xlim()
    if score.target is None:  # the same return whatever is asked
        if score.interval is not None:
            above, below = score.mean + score.interval, score.mean - score.interval
            axes.axhspan(below, above, color=colour.light, alpha=0.2)
        axes.axhline(score.mean, color=colour.light, linewidth=2)
        x = low + 0.7 * (high - low)
    else:
        x = score.target + shift
        _draw_episodes(axes, x, score, colour)
        axes.errorbar(
            x, score.mean, score.interval, fmt="none", ecolor=colour.light, elinewidth=2.5,
            capsize=6, capthick=2.5, zorder=4,
        )  # fmt: skip
        axes.plot(
            x, score.mean, "o", color=colour.light, markersize=9, markeredgecolor=CARD.light,
            zorder=4, clip_on=False,  # a mean on the axis is seen whole
        )  # fmt: skip
    if with_number:
        _write_mean(axes, x, score.mean)


def _write_mean(axes: Axes, x: float, mean: float) -> None:
    low, high = axes.get_xlim()
    has_room = x > low + 0.2 * (high - low)  # between the mean and the axis
    axes.annotate(
        number(mean),
        (x, mean),
        (-14 if has_room else 14, 0),
        textcoords="offset points",
        ha="right" if has_room else "left",
        va="center",
        color=INK.light,
        fontweight="bold",
        zorder=5,
        bbox={"facecolor": CARD.light, "edgecolor": "none", "pad": 1.5},
    )


def _draw_episodes(axes: Axes, x: float, score: Score, colour: Colour) -> None:
    low, high = axes.get_xlim()
    spread = 0.045 * (high - low)
    xs = [x + spread * ((i * _GOLDEN) % 1 - 0.5) for i in range(len(score.returns))]
    axes.scatter(
        xs, score.returns, s=20, color=colour.light, alpha=0.45, linewidths=0, clip_on=False
    )


def _draw_data(axes: Axes, data: Sequence[float], limits: tuple[float, float]) -> None:
    axes.hist(
        data,
        bins=40,
        range=limits,
        histtype="stepfilled",
        orientation="horizontal",
        color=DATA.light,
    )
    axes.set_xticks([])
    axes.set_title("data", fontsize=13, color=MUTED.light, loc="left", pad=10)
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.tick_params(left=False)


def _caption(has_data: bool, has_several_runs: bool) -> str:
    apart = " Runs asked for the same return stand side by side." if has_several_runs else ""
    beside = (
        " Beside the axis, how often the data's episodes had each return: where there are none, "
        "the policy has seen nothing like it."
        if has_data
        else ""
    )
    return (
        "Each faint dot is an episode, each large one the mean of its target with the 95 % "
        f"interval. On the dashed line a policy does what it was told.{apart}{beside}"
    )


def _description(series: Sequence[Series]) -> str:
    runs = [
        listed([_in_words(score) for score in one.scores])
        if len(series) == 1
        else f"{one.label}: {listed([_in_words(score) for score in one.scores])}"
        for one in series
    ]
    return f"Return reached over return asked for. {'; '.join(runs)}."


def _in_words(score: Score) -> str:
    reached = plus_minus(score.mean, score.interval, len(score.returns))
    return reached if score.target is None else f"{reached} for {number(score.target)}"
