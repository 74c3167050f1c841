"""`decision-mamba evaluate`: plays a policy and scores it."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro
from rich.console import Console
from rich.progress import Progress

from decision_mamba.cli.evaluate_in_context import Places, evaluate_in_context
from decision_mamba.cli.evaluate_scores import as_json, as_table, in_words
from decision_mamba.cli.games import tell_apart_games
from decision_mamba.cli.parsing import parse
from decision_mamba.envs.preprocessing import AS_DQN, Preprocessing
from decision_mamba.envs.references import Digits
from decision_mamba.envs.same_room import require_same_room
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation, evaluate, open_environment
from decision_mamba.experiments.filming import film
from decision_mamba.experiments.machine import choose_device
from decision_mamba.experiments.player import player
from decision_mamba.experiments.run_folder import evaluation_of
from decision_mamba.files import require_writable, write_atomically
from decision_mamba.games import game_of
from decision_mamba.models import Policy
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy_file import load_policy
from decision_mamba.result import Played
from decision_mamba.seeding import Seeds

_COPIES = 100  # where each episode is played by itself
_MOST_COPIES = 1024  # of consecutive ones, for each remembers a context


@dataclasses.dataclass(frozen=True)
class Evaluate:
    """Plays a policy for each target return, all targets from the same starts, and scores it.

    A policy that takes no target, such as one that clones behaviour, is played once from each
    start.
    """

    policy: Annotated[tyro.conf.Positional[Path], tyro.conf.arg(metavar="RUN|POLICY")]
    """A run's folder, or a policy.safetensors."""
    task: str | None = None
    """Id of the environment, such as Hopper-v5; by default the one the policy was trained for."""
    target: Annotated[tuple[float, ...], tyro.conf.arg(metavar="R [R ...]")] = ()
    """Returns to ask for; by default those the policy was trained for."""
    keep_target: bool = False
    """Ask for the same return all through an episode, whatever is earned."""
    temperature: float | None = None
    """Of the draw where one of several actions is chosen; 0 takes the likeliest. By default the
    run's, where the policy lies in its folder, and otherwise 1, as the papers draw it."""
    top_k: int | None = None
    """Of how many of the likeliest actions one is drawn; 0 for all. By default the run's, and
    otherwise 0."""
    noise: float = 0.0
    """Standard deviation of Gaussian noise on what the policy observes, in raw units; the papers'
    mode "noise" has 0.1. Where whole numbers are seen, as in rooms, the policy rounds them, and
    noise far below a half changes next to nothing."""
    noise_on: Literal["every", "first"] = "every"
    """Whether every observation is disturbed, or only an episode's first, as published."""
    episodes: int = 100
    """Episodes per target; with --consecutive, copies that play so many each."""
    consecutive: int | None = None
    """Episodes that follow one another in tasks that the policy has not learned from; 0 plays each
    by itself. By default as the run has it, and otherwise 0."""
    memory: Literal["lasting", "episode"] = "lasting"
    """Of consecutive ones, whether the policy remembers those before or forgets at each episode."""
    tasks: Literal["unseen", "seen"] = "unseen"
    """Of consecutive ones in a maze, the tasks: unseen ones, or those that were learned from."""
    mode: Mode | None = None
    """window: the policy reads its last steps anew at every step; recurrent: it carries a state;
    hopping: a state of its last steps only, some of which are forgotten together; by default as it
    was meant to."""
    preprocessing: Preprocessing = AS_DQN
    """Of the screen of an Atari game; by default the run's, where the policy lies in its folder."""
    references: Digits = "exact"
    """By which returns scores are normalised: exact, or rounded as the code of DeMa has those of
    eight Atari games; by default as the run has it."""
    seed: int = 0
    """Of the environments."""
    copies: int | None = None
    """Episodes played side by side; 100 by default, with --consecutive all, up to 1,024."""
    device: str = "auto"
    """auto, cpu or cuda."""
    video: Path | None = None
    """Also film one episode at the first target, or one copy's consecutive ones, into this .mp4 or
    .gif."""
    picture: Path | None = None
    """Also draw the ways of one copy's consecutive episodes through a maze into this .png."""
    json: Path | None = None
    """Also write every return into this file."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba evaluate`."""
    asked = _asked(argv)
    policy = load_policy(asked.policy, choose_device(asked.device))
    tell_apart_games(policy.acting.task, asked.task)
    settings = _settings(asked, policy)
    if settings.consecutive:
        places = Places(asked.json, asked.video, asked.picture)
        evaluate_in_context(policy, settings, places, name=str(asked.policy), seed=asked.seed)
        return
    _require_places(asked)
    played = _play(policy, settings, asked.seed)
    Console(highlight=False).print(as_table(settings, played))
    if asked.json is not None:
        outcome = as_json(str(asked.policy), settings, asked.seed, played)
        write_atomically(asked.json, (json.dumps(outcome, indent=2) + "\n").encode())
    if asked.video is not None:
        _film(policy, settings, asked.video, asked.seed)


def _asked(argv: list[str]) -> Evaluate:
    """What the command line says, and where it is silent, the run."""
    asked: Evaluate = parse(Evaluate, argv, command="evaluate")
    of_run = evaluation_of(asked.policy) or Evaluation()
    told = dataclasses.replace(
        asked,
        temperature=of_run.temperature if asked.temperature is None else asked.temperature,
        top_k=of_run.top_k if asked.top_k is None else asked.top_k,
        consecutive=of_run.consecutive if asked.consecutive is None else asked.consecutive,
    )
    if game_of(asked.task or of_run.task or "") is None:
        return told
    silent = dataclasses.replace(
        told, preprocessing=of_run.preprocessing, references=of_run.references
    )
    again: Evaluate = parse(Evaluate, argv, command="evaluate", default=silent)
    return again


def _settings(asked: Evaluate, policy: Policy) -> Evaluation:
    task = asked.task or policy.acting.task
    if asked.seed < 0:
        raise BadInput(f"seed is {asked.seed}; expected at least 0")
    if task is None:
        raise BadInput("the policy was trained for no environment; name one with --task")
    _require_consecutive(asked)
    require_same_room(policy.acting.task, task)
    assert asked.temperature is not None
    assert asked.top_k is not None
    assert asked.consecutive is not None
    return Evaluation(
        task=task,
        episodes=asked.episodes,
        targets=_targets(asked, policy),
        mode=asked.mode or policy.acting.mode,
        copies=_copies(asked),
        keep_target=asked.keep_target,
        temperature=asked.temperature,
        top_k=asked.top_k,
        noise=asked.noise,
        noise_on=asked.noise_on,
        preprocessing=asked.preprocessing,
        references=asked.references,
        consecutive=asked.consecutive,
        memory=asked.memory,
        tasks=asked.tasks,
    )


def _copies(asked: Evaluate) -> int:
    """Consecutive episodes last as long as a wave of copies does, and mazes play many at once."""
    if asked.copies is not None:
        return asked.copies
    return max(min(asked.episodes, _MOST_COPIES), 1) if asked.consecutive else _COPIES


def _require_consecutive(asked: Evaluate) -> None:
    """Refuses what concerns consecutive episodes only, where there are none."""
    if (asked.consecutive or 0) < 0:
        raise BadInput(f"--consecutive is {asked.consecutive}; give at least 1, or leave it out")
    given = {
        "--memory": asked.memory != "lasting",
        "--tasks": asked.tasks != "unseen",
        "--picture": asked.picture is not None,
    }
    for name, is_given in given.items():
        if is_given and not asked.consecutive:
            raise BadInput(
                f"{name} concerns episodes that follow one another; add --consecutive 20, or leave "
                "it out"
            )


def _targets(asked: Evaluate, policy: Policy) -> tuple[float, ...]:
    # Each once, so that a target has as many returns as there are episodes.
    targets = tuple(dict.fromkeys(asked.target or policy.acting.targets))
    if asked.consecutive and not asked.target:
        targets = targets[:1]
    if targets and not policy.takes_target:
        raise BadInput("the policy takes no target return; leave out --target")
    if asked.keep_target and not policy.takes_target:
        raise BadInput("the policy takes no target return to keep; leave out --keep-target")
    if policy.takes_target and not targets:
        raise BadInput("the policy was trained for no target return; ask for one with --target")
    return targets


def _require_places(asked: Evaluate) -> None:
    """Before an hour of playing is lost to a place that cannot be written."""
    if asked.video is not None:
        # Imported here because it needs an extra that evaluation without a camera does not.
        from decision_mamba.evaluation.film import require_film_name

        require_film_name(asked.video)
    for path in (asked.json, asked.video):
        if path is not None:
            require_writable(path)


def _play(policy: Policy, settings: Evaluation, seed: int) -> list[Played]:
    environment = open_environment(settings, policy.spaces)
    try:
        episodes = evaluate(
            environment,
            player(policy, settings, seed=seed),
            settings,
            seeds=Seeds(seed),
            update=0,
        )
        return list(_with_bar(episodes, settings))
    finally:
        environment.close()


def _with_bar(episodes: Any, settings: Evaluation) -> Any:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("playing", total=settings.episodes * max(len(settings.targets), 1))
        for one in episodes:
            bar.advance(task)
            yield one


def _film(policy: Policy, settings: Evaluation, path: Path, seed: int) -> None:
    shown = film(policy, path, settings, seed=Seeds(seed).environments(1)[0])
    asked = f"asked for {in_words(settings.targets[0])}, " if settings.targets else ""
    beginning = "" if shown.is_whole else "; the film shows its beginning"
    print(f"{path}: {asked}the filmed episode earned {shown.earned:,.0f}{beginning}")
