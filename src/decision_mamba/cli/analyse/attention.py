"""`decision-mamba analyse attention`: how much a decision takes of each earlier token."""

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console

from decision_mamba.analysis.looking_back import require_mixers
from decision_mamba.cli.analyse.attention_look import look_back
from decision_mamba.cli.analyse.attention_numbers import print_readings, write_numbers
from decision_mamba.cli.analyse.episode import as_batch, logged, played
from decision_mamba.cli.analyse.place import folder_of, name_of, screen_of
from decision_mamba.cli.parsing import parse
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.experiments.machine import choose_device
from decision_mamba.experiments.run_folder import RunFolder, read_settings
from decision_mamba.files import require_writable, write_atomically
from decision_mamba.models import Policy
from decision_mamba.models.policy import SequencePolicy
from decision_mamba.models.policy_file import load_policy

# Steps looked at where a policy learned from whole episodes and has no window of its own.
_WINDOW_OF_WHOLE = 20


@dataclasses.dataclass(frozen=True)
class Attention:
    """Looks at what each layer of a policy takes of which token: pictures and numbers.

    Attention says so by itself; for a selective state space it is the hidden attention, exact.
    The policy plays one episode of its task unless --data says to look at a logged one. With a
    second policy both are looked at in the episode of the first, beside each other.
    """

    policies: Annotated[
        tyro.conf.Positional[tuple[Path, ...]],
        tyro.conf.arg(metavar="RUN|POLICY [RUN|POLICY]", help_behavior_hint=""),
    ] = ()
    """One or two: the folder of a run, or a policy.safetensors."""
    data: Annotated[tuple[str, ...], tyro.conf.arg(metavar="SOURCE [SOURCE ...]")] = ()
    """Look at a logged episode of these sources."""
    task: str | None = None
    """Play this environment; by default the one the policy was trained for, and where there is
    none a logged episode of the run's own data is taken."""
    episode: int | None = None
    """Which logged episode, counted from 0, by default the longest; or from which start to play,
    by default 0."""
    target: float | None = None
    """Return to ask for; by default the first that the policy was trained for, and in a logged
    episode what it earned."""
    steps: Annotated[tuple[int, int] | None, tyro.conf.arg(metavar="FROM TO")] = None
    """First and last decision to look at, counted from 0; by default all with a whole window."""
    window_at: int | None = None
    """Decision whose window is drawn as matrices; by default the one in the middle."""
    window: int | None = None
    """Steps that the policies look back; by default as many as they were trained with, or 20 for a
    policy that carries its state."""
    out: Path | None = None
    """Folder to write to; by default "attention" beside the policy."""
    device: str = "auto"
    """auto, cpu or cuda."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba analyse attention`."""
    asked: Attention = parse(Attention, argv, command="analyse attention")
    # Asked for here, before an episode is played, because it needs an extra.
    from decision_mamba.cli.analyse.attention_pictures import pictures

    policies = [_load(path, asked) for path in _paths(asked)]
    _require_alike(policies)
    out = asked.out or folder_of(asked.policies[0]) / "attention"
    require_writable(out / "attention.json")
    episode, target = _episode(asked, policies[0])
    decisions = _decisions(asked, policies, len(episode))
    window_at = _window_at(asked, decisions)
    names = _names(asked.policies)
    looks = []
    for name, policy in zip(names, policies, strict=True):
        seen = as_batch(episode, policy, target)
        looks.append(look_back(name, policy, seen, decisions=decisions, window_at=window_at))
    print_readings(looks)
    about = {"return": episode.total_reward, "steps": len(episode), "target": target}
    write_numbers(out, looks, about)
    for file, picture in pictures(looks).items():
        write_atomically(out / file, picture)
    print(f"{out}: pictures, attention.json and attention.npz")


def _paths(asked: Attention) -> tuple[Path, ...]:
    if not 1 <= len(asked.policies) <= 2:
        raise BadInput(
            f"analyse attention got {len(asked.policies)} policies; expected one, or two to look "
            "at beside each other"
        )
    return asked.policies


def _load(path: Path, asked: Attention) -> SequencePolicy:
    policy = load_policy(path, choose_device(asked.device))
    require_mixers(policy)
    _require_one_episode(policy, path)
    assert isinstance(policy, SequencePolicy)
    window = _WINDOW_OF_WHOLE if policy.acting.mode == "recurrent" else policy.acting.window
    window = window if asked.window is None else asked.window
    rows = policy.model.timesteps
    if window < 1:
        raise BadInput(f"--window is {window}; expected at least 1 step")
    if 0 < rows < window:
        raise BadInput(
            f"--window is {window}, but {path} embeds {rows} time steps; give {rows} or less"
        )
    policy.acting = dataclasses.replace(policy.acting, window=window)
    return policy


def _require_one_episode(policy: Policy, path: Path) -> None:
    if policy.reads_rewards:
        raise BadInput(
            f"{path} reads what was earned in contexts of several episodes, and analyse attention "
            "looks at one episode without them; choose another, such as one of dt or dmamba"
        )


def _require_alike(policies: Sequence[SequencePolicy]) -> None:
    first, *others = policies
    for other in others:
        if other.spaces != first.spaces:
            raise BadInput(
                f"the two policies are made for different things, {first.spaces} and "
                f"{other.spaces}; choose two of one task"
            )


def _episode(asked: Attention, policy: SequencePolicy) -> tuple[Episode, float | None]:
    """The episode, and the return that was asked for in it; None for what it earned."""
    if asked.data and asked.task:
        raise BadInput(
            "--data looks at a logged episode and --task at one that is played; give one of them"
        )
    if asked.target is not None and not math.isfinite(asked.target):
        raise BadInput(f"--target is {asked.target}; give a return to ask for, such as 3600")
    task = asked.task or policy.acting.task
    if task is not None and not asked.data:
        target = asked.target if asked.target is not None else _first_target(policy)
        screen = screen_of(asked.policies[0], task)
        with Console(stderr=True).status(f"playing {task}"):
            start = asked.episode or 0
            return played(policy, task, target, start=start, preprocessing=screen), target
    sources = asked.data or _sources_of(asked.policies[0])
    return logged(sources, asked.episode, policy), asked.target


def _first_target(policy: SequencePolicy) -> float | None:
    return policy.acting.targets[0] if policy.acting.targets else None


def _sources_of(path: Path) -> tuple[str, ...]:
    settings = RunFolder(path).settings
    if not settings.is_file():
        raise BadInput(
            "the policy was trained for no environment; give the episodes to look at with --data, "
            "or name an environment with --task"
        )
    return read_settings(settings).data


def _decisions(asked: Attention, policies: Sequence[SequencePolicy], length: int) -> range:
    window = max(policy.acting.window for policy in policies)
    if length < window:
        raise BadInput(
            f"the episode has {length} steps and the policy looks back {window}; take another "
            "--episode or a shorter --window"
        )
    first, last = asked.steps or (window - 1, length - 1)
    if not window - 1 <= first <= last < length:
        raise BadInput(
            f"--steps is {first} {last}; expected a first and a last decision from {window - 1}, "
            f"the first with {window} steps to look at, to {length - 1}, the episode's last"
        )
    return range(first, last + 1)


def _window_at(asked: Attention, decisions: range) -> int:
    at = decisions[len(decisions) // 2] if asked.window_at is None else asked.window_at
    if at not in decisions:
        raise BadInput(
            f"--window-at is {at}; expected one of the decisions {decisions[0]} to {decisions[-1]}"
        )
    return at


def _names(paths: Sequence[Path]) -> list[str]:
    names = [name_of(path) for path in paths]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]
