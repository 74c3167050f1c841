"""`decision-mamba analyse influence`: what a policy earns with other weights in its mixers."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import torch
import tyro
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from decision_mamba.analysis.influence import KINDS, Alteration, Kind, altered
from decision_mamba.cli.analyse.place import folder_of, name_of, screen_of
from decision_mamba.cli.evaluate_scores import in_words, with_interval
from decision_mamba.cli.parsing import parse
from decision_mamba.envs import Environment
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.aggregate import by_target
from decision_mamba.evaluation.evaluate import Evaluation, evaluate, open_environment, scale
from decision_mamba.evaluation.scores import scale_name
from decision_mamba.experiments.machine import choose_device
from decision_mamba.files import require_writable, write_atomically
from decision_mamba.models.agent import Agent
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.models.policy_file import load_policy
from decision_mamba.result import Played, Reading
from decision_mamba.seeding import Seeds

# What was altered, its name and what came out.
_Named: TypeAlias = tuple[Alteration | None, str, SequencePolicy]


@dataclasses.dataclass(frozen=True)
class Influence:
    """Replaces inner weights of a policy's mixers and scores what is left, from the same starts.

    Inner weights are all but a mixer's projections in and out: DeMa's figure 5.
    """

    policy: Annotated[tyro.conf.Positional[Path], tyro.conf.arg(metavar="RUN|POLICY")]
    """A run's folder, or a policy.safetensors."""
    other: Annotated[tyro.conf.Positional[Path | None], tyro.conf.arg(metavar="[RUN|POLICY]")] = (
        None
    )
    """Whose inner weights "swap" takes: a policy of equal mixers, for the same task or another."""
    kinds: Annotated[tuple[Kind, ...], tyro.conf.arg(metavar="KIND [KIND ...]")] = ()
    """swap, random (evenly from 0 to 1) or zero; by default all that there are policies for."""
    layers: Annotated[tuple[str, ...], tyro.conf.arg(metavar="LAYER [LAYER ...]")] = ()
    """Counted from 0, or all for every layer at once; by default each one, then all."""
    task: str | None = None
    """Id of the environment; by default the one the policy was trained for."""
    target: Annotated[tuple[float, ...], tyro.conf.arg(metavar="R [R ...]")] = ()
    """Returns to ask for; by default the first that the policy was trained for."""
    episodes: int = 100
    """Episodes per alteration and target."""
    mode: Mode | None = None
    """window: the policy reads its last steps anew at every step; recurrent: it carries a state;
    hopping: a state of its last steps only, some of which are forgotten together; by default as it
    was meant to."""
    seed: int = 0
    """Of the environments and of the random weights."""
    device: str = "auto"
    """auto, cpu or cuda."""
    out: Path | None = None
    """Folder to write to; by default "influence" beside the policy."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one policy earned; `alteration` is None for the untouched one."""

    alteration: Alteration | None
    label: str
    played: list[Played]


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba analyse influence`."""
    asked: Influence = parse(Influence, argv, command="analyse influence")
    # Asked for here, before anything is played, because it needs an extra.
    from decision_mamba.report.figures.influence import draw_influence

    policy = _load(asked.policy, asked.device)
    other = None if asked.other is None else _load(asked.other, asked.device)
    settings = _settings(asked, policy)
    policies = list(_policies(asked, policy, other))
    out = asked.out or folder_of(asked.policy) / "influence"
    require_writable(out / "influence.json")
    outcomes = _play_all(policies, settings, asked.seed)
    readings = {one.label: by_target(one.played, scale(settings)) for one in outcomes}
    _print(settings, readings)
    numbers = json.dumps(_as_json(asked, settings, outcomes, readings), indent=2) + "\n"
    write_atomically(out / "influence.json", numbers.encode())
    title = f"{name_of(asked.policy)}: {settings.task}, {settings.mode} mode"
    write_atomically(out / "influence.png", draw_influence(readings, title))
    print(f"{out}: influence.json and influence.png")


def _load(path: Path, device: str) -> SequencePolicy:
    policy = load_policy(path, choose_device(device))
    if not isinstance(policy, SequencePolicy):
        raise BadInput(
            f"{path} mixes no sequence, so it has no inner weights to alter; choose a policy that "
            "does, such as of dt, dc, dmamba or dema"
        )
    return policy


def _settings(asked: Influence, policy: SequencePolicy) -> Evaluation:
    task = asked.task or policy.acting.task
    if asked.seed < 0:
        raise BadInput(f"seed is {asked.seed}; expected at least 0")
    if task is None:
        raise BadInput("the policy was trained for no environment; name one with --task")
    targets = tuple(dict.fromkeys(asked.target or policy.acting.targets[:1]))
    if policy.takes_target and not targets:
        raise BadInput("the policy was trained for no target return; ask for one with --target")
    return Evaluation(
        task=task,
        episodes=asked.episodes,
        targets=targets,
        mode=asked.mode or policy.acting.mode,
        preprocessing=screen_of(asked.policy, task),
    )


def _policies(
    asked: Influence, policy: SequencePolicy, other: SequencePolicy | None
) -> Iterator[_Named]:
    """The untouched policy, then one per kind and layer."""
    yield None, "untouched", policy
    kinds = asked.kinds or tuple(kind for kind in KINDS if kind != "swap" or other is not None)
    every = tuple(range(len(policy.blocks)))
    words = asked.layers or (*map(str, every), "all")
    for kind in dict.fromkeys(kinds):
        for word in dict.fromkeys(words):
            chosen = every if word == "all" else (_number(word),)
            alteration = Alteration(kind, chosen)
            generator = torch.Generator().manual_seed(asked.seed)
            result = altered(policy, alteration, other=other, generator=generator)
            yield alteration, f"{kind}, {'all' if word == 'all' else f'layer {word}'}", result


def _number(word: str) -> int:
    if not word.isdecimal():
        raise BadInput(f"{word!r} is no layer; give numbers counted from 0, or all")
    return int(word)


def _play_all(policies: Sequence[_Named], settings: Evaluation, seed: int) -> list[Outcome]:
    console = Console(stderr=True)
    total = len(policies) * settings.episodes * max(len(settings.targets), 1)
    environment = open_environment(settings, policies[0][2].spaces)
    outcomes = []
    try:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("playing", total=total)
            for alteration, label, policy in policies:
                bar.update(task, description=label)
                played = []
                for one in _play(policy, environment, settings, seed):
                    played.append(one)
                    bar.advance(task)
                outcomes.append(Outcome(alteration, label, played))
    finally:
        environment.close()
    return outcomes


def _play(
    policy: SequencePolicy, environment: Environment, settings: Evaluation, seed: int
) -> Iterator[Played]:
    def agent(target: float | None) -> Agent:
        return policy.agent(target, settings.mode)

    return evaluate(environment, agent, settings, seeds=Seeds(seed), update=0)


def _print(settings: Evaluation, readings: Mapping[str, Sequence[Reading]]) -> None:
    table = Table(
        title=f"{settings.task}, {settings.mode} mode, mean return and 95 % interval",
        title_justify="left",
    )
    assert settings.task is not None
    names = ("inner weights", "target", "episodes", "return", scale_name(settings.task))
    for name in names:
        table.add_column(name, justify="left" if name == "inner weights" else "right")
    for label, group in readings.items():
        for one in group:
            score = "–" if one.normalised is None else f"{one.normalised:.1f}"
            earned = with_interval(one.mean, one.interval)
            table.add_row(label, in_words(one.target), str(one.episodes), earned, score)
    Console(highlight=False).print(table)


def _as_json(
    asked: Influence,
    settings: Evaluation,
    outcomes: Sequence[Outcome],
    readings: Mapping[str, Sequence[Reading]],
) -> dict[str, Any]:
    return {
        "task": settings.task,
        "mode": settings.mode,
        "policy": str(asked.policy),
        "other": None if asked.other is None else str(asked.other),
        "seed": asked.seed,
        "alterations": [
            {
                "kind": None if one.alteration is None else one.alteration.kind,
                "layers": [] if one.alteration is None else list(one.alteration.layers),
                "targets": [_row(one.played, of) for of in readings[one.label]],
            }
            for one in outcomes
        ],
    }


def _row(played: Sequence[Played], reading: Reading) -> dict[str, Any]:
    # Listed by episode, whichever ended first: equal numbers began alike in every alteration.
    of_target = [one for one in played if one.target == reading.target]
    episodes = sorted(of_target, key=lambda one: one.episode)
    return {
        "target": reading.target,
        "returns": [one.total_reward for one in episodes],
        "lengths": [one.length for one in episodes],
        "mean": reading.mean,
        "interval": reading.interval,
        "normalised": reading.normalised,
    }
