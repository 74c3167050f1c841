"""Plays a policy for every target return asked of it."""

import dataclasses
import math
from collections.abc import Callable, Iterator
from typing import Literal

from decision_mamba.envs import Actor, Environment, Reference, earnings, make, reference
from decision_mamba.envs.preprocessing import AS_DQN, Preprocessing
from decision_mamba.envs.references import Digits
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.noisy import Noisy
from decision_mamba.models.memory import Mode
from decision_mamba.result import Played
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Image, ObservationSpace, Spaces


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """How a policy is evaluated. 100 episodes per target, as in DMamba's code (Ota 2024).

    Attributes:
        task: id of the environment, with version; None where nothing shall be played.
        every: updates between evaluations, 10,000 in the papers; 0 for none at all.
        episodes: per target.
        targets: returns asked for, in reward units, the primary one first; none for a policy
            that takes no target.
        mode: "window" shows the policy its last steps again at every step, as the papers do;
            "recurrent" carries its state along; "hopping" carries that of its last steps only.
        copies: episodes played side by side.
        keep_target: whether the return asked for stays the same all through an episode, instead of
            shrinking by what is earned: mode "no-reward-decay" of official DC code (Kim et al.
            2024). Policies of delayed rewards keep it anyway. In mode "noise" official DC and
            DMamba code (Ota 2024) keeps it too, that of DT and DeMa does not.
        temperature: of the draw where one of several actions is chosen: logits are divided by it,
            and 0 takes the likeliest. The papers draw at 1.
        top_k: of how many of the likeliest actions one is drawn; 0 for all.
        noise: standard deviation of what is added to each number of an observation, in raw units;
            0.1 in mode "noise" of the official code of all four.
        noise_on: "every" observation, or the "first" of an episode only, as that code has it.
        film: whether one episode is played before a camera when training is over.
        consecutive: episodes that follow one another in each of `episodes` copies, 20 in grid
            worlds and 10 of D4RL in DM-H's paper (Huang et al. 2024); 0 for each by itself.
        memory: of those that follow one another, whether the policy remembers the ones before, or
            forgets them at each "episode": the control.
        tasks: of a maze, whether they are drawn from the "unseen" ones or the "seen".
        preprocessing: of the screen, where the task is an Atari game.
        references: by which returns are normalised: "exact", or "rounded" as the code of DeMa
            (Dai et al. 2024) has them of eight Atari games.
    """

    task: str | None = None
    every: int = 10_000
    episodes: int = 100
    targets: tuple[float, ...] = ()
    mode: Mode = "window"
    copies: int = 100
    keep_target: bool = False
    temperature: float = 1.0
    top_k: int = 0
    noise: float = 0.0
    noise_on: Literal["every", "first"] = "every"
    film: bool = False
    consecutive: int = 0
    memory: Literal["lasting", "episode"] = "lasting"
    tasks: Literal["unseen", "seen"] = "unseen"
    preprocessing: Preprocessing = AS_DQN
    references: Digits = "exact"


def open_environment(settings: Evaluation, policy: Spaces) -> Environment:
    """Opens the environment of an evaluation and makes sure that the policy can play in it.

    Raises:
        BadInput: if the settings cannot be played, or the task and the policy do not fit.
    """
    require_playable(settings)
    if settings.task is None:
        raise BadInput("there is no task to play; name one, such as --evaluation.task Hopper-v4")
    scale(settings)
    copies = min(settings.copies, settings.episodes)
    environment = make(settings.task, copies, preprocessing=settings.preprocessing)
    require_fit(policy, environment)
    if settings.noise == 0:
        return environment
    if isinstance(environment.spaces.observation, Image):
        raise BadInput(
            f"noise is {settings.noise}, but it lies on observation numbers and {settings.task} "
            "shows frames; leave it at 0"
        )
    return Noisy(environment, settings.noise, first_only=settings.noise_on == "first")


def scale(settings: Evaluation) -> Reference | None:
    """By what the returns of an evaluation are normalised; None where the task has no reference.

    Raises:
        BadInput: rounded ones are asked for, and there are none of the task.
    """
    if settings.task is None:
        return None
    found = reference(settings.task, settings.references)
    if found is None and settings.references == "rounded":
        raise BadInput(
            f"there are no rounded references of {settings.task}: DeMa has them of eight Atari "
            "games; leave references at exact"
        )
    return found


def require_fit(policy: Spaces, environment: Environment) -> None:
    """Refuses a policy whose observations or actions are not the environment's."""
    if not policy.fit_into(environment.spaces):
        raise BadInput(
            f"the policy was made for {policy}, but {environment.task} has {environment.spaces}; "
            f"give {_wanted(policy.observation, environment.spaces.observation)}"
        )


def _wanted(mine: ObservationSpace, shown: ObservationSpace) -> str:
    if isinstance(mine, Image) and isinstance(shown, Image) and mine != shown:
        return f"a preprocessing of size {mine.height}"
    return "the task from which the policy's data came"


def evaluate(
    environment: Environment,
    actor_for: Callable[[float | None], Actor],
    settings: Evaluation,
    *,
    seeds: Seeds,
    update: int,
) -> Iterator[Played]:
    """Plays `settings.episodes` episodes for each target, all targets from the same starts.

    Args:
        environment: what is played, opened by `open_environment`.
        settings: which targets, and how many episodes of each.
        actor_for: gives the actor that aims at a target; None for a policy that takes none.
        seeds: the run's; its environment seeds are the same at every update.
        update: how many updates the policy has seen, for the record.

    Yields:
        Each episode's score as soon as it ends, targets in the order of the settings.
    """
    require_playable(settings)
    starts = seeds.environments(settings.episodes)
    for target in settings.targets or (None,):
        for number, rewards in earnings(environment, actor_for(target), seeds=starts):
            yield Played(
                update=update,
                task=environment.task,
                mode=settings.mode,
                target=target,
                seed=seeds.seed,
                episode=number,
                total_reward=float(rewards.sum()),
                length=len(rewards),
            )


def require_playable(settings: Evaluation) -> None:
    """Refuses numbers that no evaluation can have."""
    for name in ("episodes", "copies"):
        if getattr(settings, name) < 1:
            raise BadInput(f"{name} is {getattr(settings, name)}; an evaluation needs at least 1")
    if not (math.isfinite(settings.noise) and settings.noise >= 0):
        raise BadInput(f"noise is {settings.noise}; give a standard deviation of at least 0")
    for target in settings.targets:
        if not math.isfinite(target):
            raise BadInput(f"the target is {target}; give a return to aim at, such as 3600")
