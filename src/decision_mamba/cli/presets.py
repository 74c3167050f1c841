"""`decision-mamba presets`: lists every experiment that has a name, or shows one whole."""

import dataclasses
import json
import sys
from typing import Annotated

import tomli_w
import tyro

from decision_mamba.cli.parsing import parse
from decision_mamba.experiments.papers import Preset
from decision_mamba.experiments.presets import parameters_count, preset, presets
from decision_mamba.settings import to_dict


@dataclasses.dataclass(frozen=True)
class Presets:
    """Lists every PAPER/TASK preset with its parameter count; with a name, all its settings."""

    preset: Annotated[tyro.conf.Positional[str], tyro.conf.arg(metavar="[PRESET]")] = ""
    """Show the settings of this one."""
    json: bool = False
    """Print JSON."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba presets`."""
    asked: Presets = parse(Presets, argv, command="presets")
    if asked.preset:
        _show(preset(asked.preset), as_json=asked.json)
    elif asked.json:
        print(json.dumps([_row(one) for one in presets().values()], indent=2))
    else:
        _list()


def _show(chosen: Preset, *, as_json: bool) -> None:
    settings = to_dict(chosen.experiment)
    sys.stdout.write(json.dumps(settings, indent=2) + "\n" if as_json else tomli_w.dumps(settings))


def _list() -> None:
    for one in presets().values():
        count = parameters_count(one)
        size = "by the data" if count is None else f"{count:,} weights"
        print(f"{one.name:<33}{size:>17}  {one.paper or one.task}")


def _row(one: Preset) -> dict[str, str | int | None]:
    return {
        "preset": one.name,
        "paper": one.paper,
        "task": one.task,
        "parameters": parameters_count(one),
    }
