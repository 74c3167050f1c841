"""Plays one episode after the other in tasks that a policy has not learned from.

Nothing is learned meanwhile: what gets better from episode to episode gets better by what the
policy remembers. The control forgets at every episode's end.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from decision_mamba.envs import Actor, Environment, LastingActor, consecutive, rollout, settings_of
from decision_mamba.envs.maze import Instances, Maze
from decision_mamba.envs.maze_copies import MazeCopies
from decision_mamba.envs.mazes import maze
from decision_mamba.envs.same_room import require_same_room
from decision_mamba.envs.unseen import seen_tasks, unseen_tasks
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.evaluation.evaluate import Evaluation, open_environment, require_playable
from decision_mamba.evaluation.noisy import Noisy
from decision_mamba.held_out import HeldOut
from decision_mamba.models.memory import Acting
from decision_mamba.result import Played
from decision_mamba.seeding import Seeds
from decision_mamba.spaces import Spaces


@dataclasses.dataclass(frozen=True, eq=False)
class Stage:
    """What is played, sound and ready.

    Attributes:
        settings: `episodes` copies play `consecutive` episodes each.
        spaces: of the policy that plays.
        instances: which task each copy has; None where the task is of no family.
        starts: the seed of each episode of each copy.
        seed: the run's, which drew both.
    """

    settings: Evaluation
    spaces: Spaces
    instances: Instances | None
    starts: Int[ndarray, "copies episodes"]
    seed: int

    @property
    def target(self) -> float | None:
        """The return asked for."""
        return self.settings.targets[0] if self.settings.targets else None

    def of_one(self, copy: int) -> "Stage":
        """The same with one of the copies only."""
        tasks = None if self.instances is None else self.instances[[copy]]
        settings = dataclasses.replace(self.settings, episodes=1)
        return dataclasses.replace(
            self, settings=settings, instances=tasks, starts=self.starts[[copy]]
        )

    def open(self, copies: slice = slice(None)) -> Environment:
        """Opens those of the copies."""
        count = len(self.starts[copies])
        if self.instances is None:
            asked = dataclasses.replace(self.settings, episodes=count, copies=count)
            return open_environment(asked, self.spaces)
        assert self.settings.task is not None
        environment = MazeCopies(self.settings.task, count, self.instances[copies])
        if self.settings.noise == 0:
            return environment
        first_only = self.settings.noise_on == "first"
        return Noisy(environment, self.settings.noise, first_only=first_only)


def stage(settings: Evaluation, policy: Spaces, acting: Acting, seeds: Seeds) -> Stage:
    """Draws the tasks and the starts, and makes sure that the policy can play there.

    Each of the tasks is drawn as often as any other, or once less. The first copies have the same
    tasks however many there are, and the first episodes begin alike however many follow.

    Raises:
        BadInput: the settings cannot be played, or not by this policy.
    """
    require_playable(settings)
    _require_memory(settings, acting)
    if settings.task is None:
        raise BadInput("there is no task to play; name one, such as --task darkroom")
    if len(settings.targets) > 1:
        raise BadInput(
            f"consecutive episodes are played for one return at a time, but {len(settings.targets)}"
            " were asked for; give one --target"
        )
    count = settings.episodes * settings.consecutive
    starts = np.array(seeds.environments(count)).reshape(settings.consecutive, -1).T
    is_maze = settings_of(settings.task) is not None
    tasks = _drawn(settings, policy, acting, seeds) if is_maze else None
    ready = Stage(settings, policy, tasks, starts, seeds.seed)
    ready.open(slice(0, 1)).close()
    return ready


def play(stage: Stage, actor: Actor, *, update: int) -> Iterator[Played]:
    """Plays every episode of every copy, as many copies at a time as the settings say.

    Args:
        stage: what is played.
        actor: who plays, a LastingActor where its memory shall last.
        update: how many updates the policy has seen, for the record.

    Yields:
        Each episode's score as soon as it ends.
    """
    settings, copies = stage.settings, len(stage.starts)
    for first in range(0, copies, settings.copies):
        wave = slice(first, first + settings.copies)
        environment = stage.open(wave)
        try:
            for row, number, episode in in_turn(environment, actor, stage.starts[wave], settings):
                tasks, copy = stage.instances, first + row
                yield Played(
                    update=update, task=environment.task, mode=settings.mode,
                    target=stage.target, seed=stage.seed, episode=copy,
                    total_reward=episode.total_reward, length=len(episode),
                    number=number + 1, instance=None if tasks is None else int(tasks[copy]),
                )  # fmt: skip
        finally:
            environment.close()


def in_turn(
    environment: Environment,
    actor: Actor,
    seeds: Int[ndarray, "copies episodes"],
    settings: Evaluation,
) -> Iterator[tuple[int, int, Episode]]:
    """Plays each copy's episodes; a copy can be drawn as it ended when its episode is yielded.

    Yields:
        The copy, which of its episodes it is, from 0, and the episode.
    """
    if settings.memory == "lasting":
        assert isinstance(actor, LastingActor)
        yield from consecutive(environment, actor, seeds=seeds)
        return
    # An episode of every copy, then the next, for an actor forgets all its rows at once.
    for number in range(seeds.shape[1]):
        for row, episode in rollout(environment, actor, seeds=seeds[:, number].tolist()):
            yield row, number, episode


def _require_memory(settings: Evaluation, acting: Acting) -> None:
    if settings.consecutive < 1:
        raise BadInput(
            f"{settings.consecutive} consecutive episodes are none; give at least 1, or leave "
            "consecutive out"
        )
    if settings.memory == "lasting" and not acting.lasting:
        raise BadInput(
            "the policy remembers one episode only, so that none follows from those before; add "
            "--memory episode to play them all the same, or give a policy of contexts"
        )


def _drawn(settings: Evaluation, policy: Spaces, acting: Acting, seeds: Seeds) -> Instances:
    assert settings.task is not None
    family = maze(settings.task)
    _require_same(policy, settings.task)
    require_same_room(acting.task, settings.task)
    tasks = _tasks(settings, family, acting)
    generator, rounds = seeds.instances(), -(-settings.episodes // len(tasks))
    drawn = np.concatenate([generator.permutation(tasks) for _ in range(rounds)])
    return drawn[: settings.episodes]


def _tasks(settings: Evaluation, family: Maze, acting: Acting) -> Instances:
    if acting.held_out is None and family.holds_out:
        raise BadInput(
            f"the policy does not say which tasks of {settings.task} it has learned from, so none "
            "is known to be unseen; train it on a file that decision-mamba collect has written"
        )
    known = acting.held_out or HeldOut()
    if settings.tasks == "unseen":
        return unseen_tasks(family, known)
    if family.holds_out and is_elsewhere(acting, settings):
        raise BadInput(
            f"the policy has learned from tasks of {acting.task}, and from none of {settings.task};"
            " play the unseen ones"
        )
    return seen_tasks(family, known)


def is_elsewhere(acting: Acting, settings: Evaluation) -> bool:
    """Whether a policy plays another task than its own; two names may be of one."""
    own, asked = acting.task, settings.task
    if own is None or asked is None or own == asked:
        return False
    return settings_of(own) is None or settings_of(own) != settings_of(asked)


def _require_same(policy: Spaces, task: str) -> None:
    """Also as many actions: in a maze with more of them it would mean others by its own."""
    there = MazeCopies(task, 1).spaces
    if policy != there:
        raise BadInput(
            f"the policy was made for {policy}, but {task} has {there}; give the task from which "
            "the policy's data came"
        )
