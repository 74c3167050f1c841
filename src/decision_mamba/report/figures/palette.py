"""The colours of pictures and page, each in a light and a dark edition.

Matplotlib draws with the light edition and `svg.py` puts the CSS variable in its place, so that
one picture serves both. The series are the colours of Okabe and Ito ("Color universal design",
2008), told apart by colour-blind readers; darkened or lightened where text in them was too faint.
"""

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Colour:
    """One colour under the name of its CSS variable; no two may share a light edition."""

    name: str
    light: str
    dark: str

    @property
    def variable(self) -> str:
        return f"var(--{self.name})"


INK = Colour("ink", "#1c2024", "#e8eaed")
MUTED = Colour("muted", "#5c646d", "#a3abb5")
RULE = Colour("rule", "#dfe3e8", "#343a42")
CARD = Colour("card", "#fefefe", "#1b1f24")
DATA = Colour("data", "#98a2ad", "#77818d")
SERIES = (
    Colour("blue", "#0069a8", "#5bb0e8"),
    Colour("vermilion", "#c95200", "#f28f52"),
    Colour("green", "#008562", "#3fc7a0"),
    Colour("purple", "#b25489", "#e5a0c8"),
    Colour("amber", "#a87400", "#e9b949"),
    Colour("slate", "#4a5a8c", "#a9b6e6"),
)
ALL = (INK, MUTED, RULE, CARD, DATA, *SERIES)


def colours_for(things: Sequence[float | None]) -> dict[float | None, Colour]:
    """Gives every target its colour, the same one in all pictures of a run."""
    return {thing: series(index) for index, thing in enumerate(things)}


def series(index: int) -> Colour:
    """The colour of the n-th series; after the sixth they begin again."""
    return SERIES[index % len(SERIES)]
