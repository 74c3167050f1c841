"""`decision-mamba analyse efficiency`: what a decision and an update cost by length."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import gymnasium
import torch
import tyro
from rich.console import Console
from rich.progress import Progress

from decision_mamba.analysis.efficiency import Measurement, Point, Subject, measure
from decision_mamba.cli.analyse.efficiency_table import as_markdown, as_table, remarks
from decision_mamba.cli.parsing import parse
from decision_mamba.envs import settings_of
from decision_mamba.envs.mazes import maze
from decision_mamba.errors import BadInput
from decision_mamba.experiments.machine import choose_device, versions
from decision_mamba.experiments.papers.gym import HOPPER
from decision_mamba.experiments.presets import parameters_count, preset, presets
from decision_mamba.files import require_writable, write_atomically
from decision_mamba.mixers import Attention, Convolution, MixerSettings, Selective, StateSpace
from decision_mamba.models import Hybrid, Model
from decision_mamba.models.memory import Acting
from decision_mamba.models.policy_file import load_policy

_MIXERS: dict[str, MixerSettings] = {
    "attention": Attention(),
    "convolution": Convolution(),
    "selective, pre": Selective(),
    "selective, post": Selective(up_projection="post"),
    "s4": StateSpace(),
    "s4d": StateSpace(kernel="s4d"),
}


@dataclasses.dataclass(frozen=True)
class Efficiency:
    """Measures time, multiply-adds and memory against length, reading windows or carrying a state.

    Without names every mixer is measured in the same small policy: three blocks of width 64 with
    channel mixing, observations and actions of Hopper.
    """

    policies: Annotated[
        tyro.conf.Positional[tuple[str, ...]],
        tyro.conf.arg(metavar="RUN|POLICY|PRESET [...]", help_behavior_hint=""),
    ] = ()
    """Folders of runs, policy files or presets, such as dmamba/hopper-medium."""
    lengths: Annotated[tuple[int, ...], tyro.conf.arg(metavar="STEPS [STEPS ...]")] = (
        20, 50, 100, 200, 500, 1000,
    )  # fmt: skip
    """Environment steps of a window, and of what was played before with the state carried: one
    episode, or for policies of contexts several, each as long as its task has it."""
    batch: int = 1
    """Windows or copies at once."""
    repeats: int = 20
    """Repetitions, of which the median counts; fewer where they take too long."""
    device: str = "auto"
    """auto, cpu or cuda."""
    out: Path = Path("runs/efficiency")
    """Folder to write to."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba analyse efficiency`."""
    asked: Efficiency = parse(Efficiency, argv, command="analyse efficiency")
    # Asked for here, before anything is measured, because it needs an extra.
    from decision_mamba.cli.analyse.efficiency_picture import picture

    subjects = list(_subjects(asked.policies))
    how = Measurement(asked.lengths, asked.batch, asked.repeats, choose_device(asked.device))
    require_writable(asked.out / "efficiency.json")
    points = list(_measured(subjects, how))
    console = Console(highlight=False)
    console.print(as_table(points, _conditions(how)))
    console.print(*remarks(points), sep="\n", end="")
    numbers = json.dumps(_as_json(points, how), indent=2) + "\n"
    write_atomically(asked.out / "efficiency.json", numbers.encode())
    write_atomically(asked.out / "efficiency.md", as_markdown(points, _conditions(how)).encode())
    write_atomically(asked.out / "efficiency.png", picture(points, _conditions(how)))
    print(f"{asked.out}: efficiency.json, efficiency.md and efficiency.png")


def _subjects(names: Sequence[str]) -> Iterator[Subject]:
    if not names:
        for name, mixer in _MIXERS.items():
            yield Subject(name, Model(mixer=mixer, width=64, blocks=3), HOPPER.spaces)
    for name in dict.fromkeys(names):
        yield _of_path(Path(name)) if Path(name).exists() else _of_preset(name)


def _of_path(path: Path) -> Subject:
    policy = load_policy(path)
    return Subject(
        str(path),
        _sequence_model(str(path), policy.model),
        policy.spaces,
        policy.parameters_count,
        _horizon(policy.acting),
    )


def _of_preset(name: str) -> Subject:
    is_named_so = "/" in name or name.partition(":")[0] in presets()
    if not is_named_so or name.endswith(".safetensors"):
        raise BadInput(
            f"{name} is neither a run, a policy file nor a preset; 'decision-mamba presets' lists "
            "the presets"
        )
    chosen = preset(name)
    if chosen.spaces is None:
        raise BadInput(
            f"the sizes of {name} follow from your data; train it and name its run instead"
        )
    experiment = chosen.experiment
    model = _sequence_model(name, experiment.model)
    count, horizon = parameters_count(chosen), _horizon(experiment.acting)
    return Subject(name, model, chosen.spaces, count, horizon)


def _sequence_model(name: str, model: object) -> Model | Hybrid:
    if not isinstance(model, Model | Hybrid):
        raise BadInput(
            f"{name} mixes no sequence, so its cost does not depend on a length; choose a policy "
            "that does, such as of dt, dc, ds4, dmamba, dema, ad or dmh"
        )
    return model


def _horizon(acting: Acting) -> int | None:
    """Steps of an episode of the task, for a memory that lasts over several."""
    if not acting.lasting or acting.task is None:
        return None
    if settings_of(acting.task) is not None:
        return maze(acting.task).horizon
    spec = gymnasium.registry.get(acting.task)
    return None if spec is None else spec.max_episode_steps


def _measured(subjects: Sequence[Subject], how: Measurement) -> Iterator[Point]:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("measuring", total=len(subjects) * len(set(how.lengths)))
        for subject in subjects:
            bar.update(task, description=subject.name)
            for point in measure(subject, how):
                bar.advance(task)
                yield point


def _conditions(how: Measurement) -> str:
    where = how.device.type
    if where == "cpu":
        threads = torch.get_num_threads()
        where = f"cpu, {threads} thread{'s' if threads > 1 else ''}"
    return f"Cost by length, batch of {how.batch}, {where}, torch {torch.__version__}, float32"


def _as_json(points: Sequence[Point], how: Measurement) -> dict[str, Any]:
    return {
        "batch": how.batch,
        "device": how.device.type,
        "threads": torch.get_num_threads(),
        "repeats": how.repeats,
        "versions": list(versions()),
        "points": [dataclasses.asdict(point) for point in points],
    }
