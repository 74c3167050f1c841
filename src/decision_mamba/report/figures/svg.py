"""A matplotlib figure as inline SVG that takes its colours and its font from the page.

Text stays text. Each picture is drawn twice, for a wide page and for a phone, because a picture
that is only scaled down cannot be read.
"""

import dataclasses
import io
import re
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from decision_mamba.report.figures.palette import ALL, INK, MUTED, RULE, Colour

Draw = Callable[[Figure], None]

_POINTS_PER_INCH = 72
_WIDE, _NARROW = 840, 340  # points, which the page shows as that many pixels at most

_STYLE: Any = {  # matplotlib types its keys one by one
    "svg.fonttype": "none",
    "svg.hashsalt": "decision-mamba",  # the same run gives the same file
    "text.parse_math": False,  # a $ in a name is a $
    "font.size": 13,
    "axes.labelsize": 13,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED.light,
    "axes.labelcolor": MUTED.light,
    "axes.linewidth": 1.0,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": RULE.light,
    "grid.linewidth": 1.0,
    "text.color": INK.light,
    "xtick.color": RULE.light,
    "ytick.color": RULE.light,
    "xtick.labelcolor": MUTED.light,
    "ytick.labelcolor": MUTED.light,
    "lines.solid_capstyle": "round",
}


@dataclasses.dataclass(frozen=True)
class Key:
    """A line of a picture's legend."""

    colour: Colour
    label: str


@dataclasses.dataclass(frozen=True)
class Words:
    """What is written around a picture.

    Attributes:
        caption: how to read it.
        description: what it shows, for those who do not see it.
    """

    title: str
    caption: str
    description: str
    keys: tuple[Key, ...] = ()


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture with the words that belong to it, as SVG for a page and for a phone."""

    words: Words
    wide: str
    narrow: str


def picture(words: Words, draw: Draw, *, wide_height: int, narrow_height: int) -> Picture:
    """Draws a picture in both widths; heights in points."""
    return Picture(words, render(draw, _WIDE, wide_height), render(draw, _NARROW, narrow_height))


def render(draw: Draw, width: int, height: int) -> str:
    """Draws an SVG element of that many points, coloured by the CSS variables of the palette."""
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # The browser brings the fonts, so a sign that matplotlib's own one lacks is none of ours.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure((width / _POINTS_PER_INCH, height / _POINTS_PER_INCH), layout="constrained")
        draw(figure)
        text = io.StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(text, format="svg", metadata=nothing)
    return _for_the_page(text.getvalue())


def is_narrow(figure: Figure) -> bool:
    """Whether the picture is the one for a phone."""
    return bool(figure.get_figwidth() * _POINTS_PER_INCH <= _NARROW)


def _for_the_page(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)  # it would style the whole page
    svg = re.sub(r" font-family: [^;\"]*;?", "", svg)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r"\n\s*", " ", svg)
    for colour in ALL:
        svg = svg.replace(colour.light, colour.variable)
    return _with_own_ids(svg)


def _with_own_ids(svg: str) -> str:
    # Several pictures share one page, where an id may stand once. Only referenced ones stay.
    used = set(re.findall(r"#([\w.-]+)", svg))
    mark = f"p{zlib.crc32(svg.encode()):08x}-"

    def keep(match: re.Match[str]) -> str:
        return f' id="{mark}{match[1]}"' if match[1] in used else ""

    svg = re.sub(r' id="([^"]*)"', keep, svg)
    return re.sub(r'(url\(#|href="#)', rf"\1{mark}", svg)
