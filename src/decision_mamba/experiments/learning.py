"""Compares what runs reach by remembering, on terms that are the same for all.

Each run has the temperature that serves it best in tasks it has learned from, then plays tasks it
has not: once with its memory, and once, as the control, forgetting at every episode.
"""

import dataclasses
import math
from collections.abc import Generator, Iterator, Mapping, Sequence

import torch

from decision_mamba.analysis.acting import Measured
from decision_mamba.analysis.learning import Learner, Reached, best_temperature, reached
from decision_mamba.by_episode import Mean, by_episode
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation
from decision_mamba.evaluation.in_context import play, stage
from decision_mamba.experiments.player import player
from decision_mamba.experiments.shelf import Shelf
from decision_mamba.experiments.sitting import Sitting
from decision_mamba.experiments.trained import Trained
from decision_mamba.models import Policy
from decision_mamba.models.memory import Mode
from decision_mamba.models.policy_file import load_policy
from decision_mamba.result import Played
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Continuous


@dataclasses.dataclass(frozen=True)
class Terms:
    """What is the same for all runs that are compared.

    Attributes:
        copies: of tasks; each task has as many as any other, or one less.
        consecutive: episodes that each copy plays.
        read: the episode by which learners are compared, and until which the control and the
            choice of a temperature are played.
        temperatures: to choose among; where actions are continuous there is nothing to choose.
        seed: of tasks, starts and choices.
        mode: how policies remember; None as each run has it.
    """

    copies: int = 128
    consecutive: int = 40
    read: int = 20
    temperatures: tuple[float, ...] = (0.2, 0.3, 0.5, 0.7, 1.0)
    seed: int = 0
    mode: Mode | None = None

    def __post_init__(self) -> None:
        if self.copies < 1:
            raise BadInput(f"{self.copies} copies are none to play; give at least 1")
        if not 1 <= self.read <= self.consecutive:
            raise BadInput(
                f"episode {self.read} of {self.consecutive} cannot be read; give one from 1 to "
                "that, or play more consecutive episodes"
            )
        if self.seed < 0:
            raise BadInput(f"seed is {self.seed}; expected at least 0")
        if not self.temperatures:
            raise BadInput("there is no temperature to choose; give at least one, such as 1")
        for one in self.temperatures:
            if not (math.isfinite(one) and one >= 0):
                raise BadInput(
                    f"a temperature is {one}; expected 0, which takes the likeliest action, or a "
                    "number above it"
                )


@dataclasses.dataclass(frozen=True)
class Trial:
    """What came of one run.

    Attributes:
        temperature: the one chosen; None where actions are continuous.
        seen: what the choice was made by, return by episode in tasks learned from.
        lasting: in unseen tasks, with the policy's memory.
        control: in the same, forgetting at every episode.
        reached: what the last two come to.
    """

    run: Trained
    temperature: float | None
    seen: dict[float, tuple[Mean, ...]]
    lasting: Sitting
    control: Sitting
    reached: Reached


@dataclasses.dataclass(frozen=True)
class Row:
    """A learner beside others: its seeds' trials, and what they come to."""

    learner: Learner
    trials: tuple[Trial, ...]

    @property
    def optimum(self) -> float | None:
        """Mean over seeds; None unless it is known of all."""
        known = [trial.lasting.optimum for trial in self.trials]
        optima = [optimum for optimum in known if optimum is not None]
        return sum(optima) / len(optima) if len(optima) == len(known) else None

    @property
    def tasks(self) -> frozenset[int]:
        """The numbers of the tasks that were played; none where they have no numbers."""
        return frozenset(task for trial in self.trials for task in trial.reached.tasks)


def rows(groups: Mapping[str, Sequence[Trial]], *, read: int) -> list[Row]:
    """Learners by the mean return of the episode that is read, the highest first.

    Args:
        groups: the trials of each learner's seeds.
        read: the episode.
    """
    found = [
        Row(Learner(name, read, tuple(trial.reached for trial in trials)), tuple(trials))
        for name, trials in groups.items()
    ]
    return sorted(found, key=lambda row: -row.learner.mean)


def usual_episodes(runs: Sequence[Trained]) -> tuple[int, int]:
    """How many consecutive episodes are played and which is read, where nothing else is asked for.

    40 and 20; one where every run has learned from single episodes, of which none follows from
    those before.
    """
    contexts = [run.experiment.contexts for run in runs]
    single = all(one is not None and one.episodes == 1 for one in contexts)
    return (1, 1) if single else (40, 20)


def episodes_of(run: Trained, terms: Terms, device: torch.device) -> int:
    """Makes sure that a run can be compared so, and counts the episodes that it takes.

    Raises:
        BadInput: it cannot; the sentence names the run.
    """
    policy = _policy(run, device)
    every = [*_choices(run, policy, terms).values(), *_judged(run, policy, terms, 1.0)]
    try:
        for settings in every:
            stage(settings, policy.spaces, policy.acting, Seeds(terms.seed))
    except BadInput as problem:
        raise BadInput(f"{run.path}: {problem}") from problem
    return sum(settings.episodes * settings.consecutive for settings in every)


def trial(
    run: Trained, terms: Terms, shelf: Shelf, *, device: torch.device
) -> Iterator[Played | Sitting | Trial]:
    """Plays a run on these terms.

    What is on the shelf is not played again. The temperature is chosen by other draws than those
    it is judged by, for there are families with the same tasks seen and unseen.

    Yields:
        Each episode as it ends, each sitting that is over, and at last what came of the run.
    """
    policy = _policy(run, device)
    seen = {}
    for temperature, settings in _choices(run, policy, terms).items():
        sitting = yield from _sitting(run, policy, settings, terms.seed + 1, shelf=shelf)
        seen[temperature] = by_episode(sitting.played)
    chosen = best_temperature({one: of[-1].mean for one, of in seen.items()}) if seen else None
    sittings = []
    for settings in _judged(run, policy, terms, 1.0 if chosen is None else chosen):
        sittings.append((yield from _sitting(run, policy, settings, terms.seed, shelf=shelf)))
    lasting, control = sittings[0], sittings[-1]
    sums = reached(lasting.played, control.played, read=terms.read)
    yield Trial(run, chosen, seen, lasting, control, sums)


def _policy(run: Trained, device: torch.device) -> Policy:
    policy = load_policy(run.path, device)
    if policy.takes_target and not run.experiment.evaluation.targets:
        raise BadInput(
            f"{run.path} was trained for no target return, and its policy takes one; train it with "
            "--evaluation.targets"
        )
    return policy


def _choices(run: Trained, policy: Policy, terms: Terms) -> dict[float, Evaluation]:
    """How a temperature is chosen; nothing where actions are continuous."""
    if isinstance(policy.spaces.action, Continuous):
        return {}
    return {
        temperature: _evaluation(run, policy, terms, episodes=terms.read, temperature=temperature)
        for temperature in dict.fromkeys(terms.temperatures)
    }


def _judged(run: Trained, policy: Policy, terms: Terms, temperature: float) -> list[Evaluation]:
    """How a run is judged, then its control; before a single episode there is nothing to forget."""
    unseen = dataclasses.replace(
        _evaluation(run, policy, terms, episodes=terms.consecutive, temperature=temperature),
        tasks="unseen",
    )
    control = dataclasses.replace(unseen, consecutive=terms.read, memory="episode")
    return [unseen] if terms.consecutive == 1 else [unseen, control]


def _evaluation(
    run: Trained, policy: Policy, terms: Terms, *, episodes: int, temperature: float
) -> Evaluation:
    """The run's own, in tasks it has learned from, as far as the terms do not say otherwise."""
    own = run.experiment.evaluation
    return dataclasses.replace(
        own,
        every=0,
        film=False,
        episodes=terms.copies,
        consecutive=episodes,
        targets=own.targets[:1] if policy.takes_target else (),
        memory="lasting",
        tasks="seen",
        temperature=temperature,
        mode=terms.mode or own.mode,
    )


def _sitting(
    run: Trained, policy: Policy, settings: Evaluation, seed: int, *, shelf: Shelf
) -> Generator[Played | Sitting, None, Sitting]:
    """Plays the consecutive episodes of one evaluation, or takes them off the shelf."""
    sitting = shelf.find(run, settings, seed)
    if sitting is None:
        ready = stage(settings, policy.spaces, policy.acting, Seeds(seed))
        actor = Measured(player(policy, settings, seed=seed)(ready.target), policy.device)
        played = []
        for one in play(ready, actor, update=0):
            played.append(one)
            yield one
        sitting = Sitting(settings, seed, tuple(played), actor.finished())
        shelf.keep(run, sitting)
    yield sitting
    return sitting
