"""`decision-mamba presets`: lists every experiment that has a name, or shows one whole."""

import dataclasses
import json
import sys
from typing import Annotated, Any

import tomli_w
import tyro

from decision_mamba.cli.parsing import parse
from decision_mamba.errors import BadInput
from decision_mamba.experiments.ablation import neighbours
from decision_mamba.experiments.papers import Preset
from decision_mamba.experiments.presets import parameters_count, preset, presets
from decision_mamba.settings import flat, to_dict


@dataclasses.dataclass(frozen=True)
class Presets:
    """Lists every PAPER/TASK preset with its parameter count; with a name, all its settings.

    Each preset has neighbours, which differ from it in one thing and go by its name and a word,
    such as dmamba/hopper-medium:no-channel-mixing. They are not listed, but for those of a paper's
    table; --neighbours lists those of one preset. A neighbour has neighbours too.
    """

    preset: Annotated[tyro.conf.Positional[str], tyro.conf.arg(metavar="[PRESET]")] = ""
    """Show the settings of this one."""
    neighbours: bool = False
    """List the neighbours of this one instead, with the settings in which they differ."""
    json: bool = False
    """Print JSON."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba presets`."""
    asked: Presets = parse(Presets, argv, command="presets")
    if asked.neighbours:
        _show_neighbours(asked.preset, as_json=asked.json)
    elif asked.preset:
        _show(preset(asked.preset), as_json=asked.json)
    elif asked.json:
        print(json.dumps([_row(one) for one in presets().values()], indent=2))
    else:
        _list([(_label(one), one, one.paper or one.task) for one in presets().values()])


def _show(chosen: Preset, *, as_json: bool) -> None:
    settings = to_dict(chosen.experiment)
    sys.stdout.write(json.dumps(settings, indent=2) + "\n" if as_json else tomli_w.dumps(settings))


def _show_neighbours(name: str, *, as_json: bool) -> None:
    if not name:
        raise BadInput("--neighbours needs a preset: decision-mamba presets PRESET --neighbours")
    chosen = preset(name)
    found = [
        dataclasses.replace(chosen, experiment=one)
        for one in neighbours(chosen.experiment).values()
    ]
    differences = [_differences(chosen, one) for one in found]
    if as_json:
        rows = [_row(one) | {"settings": d} for one, d in zip(found, differences, strict=True)]
        print(json.dumps(rows, indent=2))
        return
    lines = [(chosen.name, chosen, chosen.paper or chosen.task)]
    for one, difference in zip(found, differences, strict=True):
        text = ", ".join(f"{path} = {json.dumps(value)}" for path, value in difference.items())
        lines.append((f"  {one.name.removeprefix(chosen.name)}", one, text))
    _list(lines)


def _differences(chosen: Preset, other: Preset) -> dict[str, Any]:
    before = flat(chosen.experiment) | {"preset": other.name}
    return {path: v for path, v in flat(other.experiment).items() if before.get(path) != v}


def _label(one: Preset) -> str:
    """A neighbour stands below its preset, without what they share."""
    _, colon, words = one.name.partition(":")
    return f"  :{words}" if colon else one.name


def _list(lines: list[tuple[str, Preset, str]]) -> None:
    width = max(len(label) for label, _, _ in lines)
    print(f"{'preset':<{width}}{'weights':>13}")
    for label, one, text in lines:
        count = parameters_count(one)
        size = "by the data" if count is None else f"{count:,}"
        print(f"{label:<{width}}{size:>13}  {text}")


def _row(one: Preset) -> dict[str, Any]:
    return {
        "preset": one.name,
        "paper": one.paper,
        "task": one.task,
        "parameters": parameters_count(one),
    }
