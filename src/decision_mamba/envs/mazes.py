"""The mazes that have a name. To add one, put its settings here."""

import functools
import re
import tomllib

from decision_mamba.envs.gridworld import GridWorld
from decision_mamba.envs.maze import Maze
from decision_mamba.envs.tmaze import TMaze
from decision_mamba.errors import BadInput
from decision_mamba.settings import from_dict, to_dict

MazeSettings = GridWorld | TMaze

_DPT = GridWorld(
    size=10, horizon=100, start="corner", actions=("right", "left", "down", "up", "stay")
)

# Huang et al. 2024, arXiv:2406.00079, section 5.1 and appendix B; the last four are settings of
# Laskin et al. 2022 (arXiv:2210.14215) and Lee et al. 2023 (arXiv:2306.14892).
NAMED: dict[str, GridWorld] = {
    "darkroom": GridWorld(),
    "darkroom-hard": GridWorld(rule="goal once"),
    "darkroom-dynamic": GridWorld(permuted=True, goal="far corner"),
    "key-to-door": GridWorld(rule="key, then door", horizon=50, start="anywhere"),
    "large-darkroom": GridWorld(size=40, horizon=200),
    "large-darkroom-hard": GridWorld(size=40, horizon=200, rule="goal once"),
    "large-darkroom-dynamic": GridWorld(size=40, horizon=200, permuted=True, goal="far corner"),
    "large-key-to-door": GridWorld(
        size=40, horizon=500, rule="key, then door", start="anywhere"
    ),
    "darkroom-hard-17": GridWorld(size=17, rule="goal once", ends=True),
    "darkroom-10": _DPT,
    "darkroom-10-permuted": GridWorld(
        size=10, horizon=100, start="corner", goal="far corner", permuted=True,
        actions=_DPT.actions,
    ),
}  # fmt: skip
KNOWN = (
    *NAMED,
    "tmaze-CORRIDOR",
    "tmaze-active-CORRIDOR",
    "or one of them with other settings, such as darkroom-hard@ends=true,size=17",
)


def settings_of(name: str) -> MazeSettings | None:
    """The settings of a maze by its name, such as "darkroom", "tmaze-1k" or "tmaze-active-250".

    Behind an @ stand settings that differ from those of the name:
    "darkroom-hard@ends=true,size=17", "tmaze-100@penalty=-0.1".

    Returns:
        None if no maze is named so.

    Raises:
        BadInput: a maze is, and has no such setting, or none of this value.
    """
    plain, at, others = name.partition("@")
    settings = _named(plain)
    return settings if settings is None or not at else _with(settings, others, name)


def _named(name: str) -> MazeSettings | None:
    if (word := re.fullmatch(r"tmaze(-active)?-(-?\d+)(k?)", name)) is not None:
        corridor = int(word[2]) * (1000 if word[3] else 1)
        return TMaze(corridor=corridor, oracle=1 if word[1] else 0)
    return NAMED.get(name)


def _with(settings: MazeSettings, others: str, name: str) -> MazeSettings:
    values = to_dict(settings)
    for other in re.split(r",(?=\w+=)", others):
        key, equals, value = other.partition("=")
        if not (key and equals and value):
            raise BadInput(
                f"{name} has {other!r} behind the @; expected settings such as size=17, with a "
                "comma between them"
            )
        values[key] = _value(value)
    found: MazeSettings = from_dict(type(settings), values)
    return found


def _value(word: str) -> object:
    """A number, true or false, or a list as TOML has it; any other is the word itself."""
    try:
        return tomllib.loads(f"value = {word}")["value"]
    except tomllib.TOMLDecodeError:
        return word


def maze(name: str) -> Maze:
    """Builds the maze of a name.

    Raises:
        BadInput: no maze is named so, or it cannot be as small as asked.
    """
    if (settings := settings_of(name)) is None:
        raise BadInput(f"there is no maze {name!r}; expected one of {', '.join(KNOWN)}")
    return _built(settings)


@functools.cache
def _built(settings: MazeSettings) -> Maze:
    return settings.build()
