"""`decision-mamba collect MAZE`: plays for the histories that in-context policies learn from."""

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import tyro

from decision_mamba.cli.collect.bar import playing_bar
from decision_mamba.cli.collect.stopping import resumable
from decision_mamba.cli.parsing import parse
from decision_mamba.collection.collect import Collection, Progress, collect
from decision_mamba.collection.learners import LearnerSettings
from decision_mamba.collection.uniform import Uniform
from decision_mamba.collection.usual import usual
from decision_mamba.envs.maze import Maze
from decision_mamba.envs.mazes import maze
from decision_mamba.envs.split import split
from decision_mamba.errors import BadInput

_TASKS = 60  # Huang et al. 2024, arXiv:2406.00079, appendix B


@dataclasses.dataclass(frozen=True)
class Collect:
    """Plays many tasks of a maze and writes the histories into one file.

    TASK is darkroom, darkroom-hard, darkroom-dynamic, key-to-door, one of them with large- before
    it, darkroom-hard-17, darkroom-10, darkroom-10-permuted, or a T-maze such as tmaze-1k,
    tmaze-1010 or tmaze-active-250; behind an @ stand other settings of its rules, as in
    darkroom-hard@ends=true,size=17. Any other task, such as Hopper-v4 or ALE/Pong-v5, is played at
    random or by a policy: decision-mamba collect ALE/Pong-v5 --help.
    """

    task: Annotated[tyro.conf.Positional[str], tyro.conf.arg(metavar="TASK")]
    """Maze to play."""
    out: Path
    """The .hdf5 file to write; one that is there is replaced."""
    learner: LearnerSettings | None = None
    """Who plays: tabular Q-learning or DQN (rooms), a disturbed optimal policy (AD-ε), uniformly
    random steps (DPT) or scripted demonstrations (T-mazes). If none is named, Q-learning plays
    rooms, with settings that suit each, and demonstrations T-mazes. It is named last, for its own
    settings follow it."""
    tasks: int | None = None
    """How many tasks are played; 60, or all there are if fewer."""
    histories: int | None = None
    """How many histories of each task; as suits task and learner if not given."""
    episodes: int | None = None
    """How many episodes each history has; as suits task and learner if not given."""
    steps: int | None = None
    """Environment steps of each task instead, rounded up to whole episodes of its histories."""
    goals: Annotated[tuple[str, ...], tyro.conf.arg(metavar="X,Y [X,Y ...]")] = ()
    """The tasks to play: column and row of the goal, or of the key and then of the door."""
    unseen: float = 0.2
    """Share of all tasks that is kept for evaluation."""
    seed: int = 0
    """Of the split into seen and unseen tasks, and of all play."""
    resume: bool = False
    """Go on with a collection that was stopped."""


def run(argv: list[str]) -> None:
    """Carries out `decision-mamba collect` for a maze.

    Raises:
        BadInput: a task, a number or a place that cannot be.
    """
    asked: Collect = parse(Collect, argv, command="collect")
    family = maze(asked.task)
    collection = _collection(asked, family)
    with resumable(argv):
        last = _shown(collection, asked)
    sys.stdout.write(
        f"{asked.out}: {last.parts:,} tasks of {asked.task} x {collection.histories:,} histories x "
        f"{collection.episodes:,} episodes, {last.steps:,} steps\n"
    )


def _collection(asked: Collect, family: Maze) -> Collection:
    played = usual(asked.task, asked.learner)
    histories = played.histories if asked.histories is None else asked.histories
    return Collection(
        asked.task,
        played.learner,
        tasks=_tasks(asked, family),
        histories=histories,
        episodes=_episodes(asked, family, histories, played.episodes),
        unseen=asked.unseen,
        places=tuple(_place(goal) for goal in asked.goals),
        seed=_seed(asked.seed),
    )


def _tasks(asked: Collect, family: Maze) -> int:
    if asked.goals and asked.tasks is not None:
        raise BadInput("--goals and --tasks both say which tasks to play; give one of them")
    if asked.tasks is not None:
        return asked.tasks
    seen, _ = split(family, _seed(asked.seed), unseen=asked.unseen)
    return len(asked.goals) or min(_TASKS, len(seen))


def _episodes(asked: Collect, family: Maze, histories: int, usual: int) -> int:
    if asked.steps is None:
        return usual if asked.episodes is None else asked.episodes
    if asked.episodes is not None:
        raise BadInput("--steps and --episodes both say how long to play; give one of them")
    if asked.steps < 1:
        raise BadInput(f"{asked.steps} steps are none; give at least 1")
    scattered = isinstance(asked.learner, Uniform) and not asked.learner.walked
    return -(-asked.steps // (max(histories, 1) * (1 if scattered else family.horizon)))


def _place(goal: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in goal.split(","))
    except ValueError:
        raise BadInput(
            f"{goal!r} is no place; give whole numbers with commas, such as 3,5"
        ) from None


def _seed(seed: int) -> int:
    if seed < 0:
        raise BadInput(f"the seed is {seed}; give 0 or more")
    return seed


def _shown(collection: Collection, asked: Collect) -> Progress:
    """Collects with a bar on the terminal, none where there is none."""
    bar = playing_bar("tasks")
    with bar:
        row = bar.add_task("playing", total=collection.tasks, state="")

        def moved(tasks: float) -> None:
            bar.update(row, completed=tasks)

        for progress in collect(collection, asked.out, resume=asked.resume, heard=moved):
            state = f"· {progress.steps:,} steps · last return {progress.last_return:.2f}"
            bar.update(row, total=progress.parts, completed=progress.part, state=state)
            if progress.part == progress.parts:
                # Parts are played; what is left is to write them into one file.
                bar.update(row, state=f"{state} · writing")
    return progress
