"""Collects the histories of many tasks of a maze into one file, part by part."""

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Int
from numpy import ndarray

from decision_mamba.collection.assemble import assemble
from decision_mamba.collection.learners import LearnerSettings, at_once, play
from decision_mamba.collection.parts import Parts
from decision_mamba.collection.trace import Trace
from decision_mamba.data.histories import Histories, record_histories
from decision_mamba.envs.maze import Maze
from decision_mamba.envs.mazes import maze
from decision_mamba.envs.split import split
from decision_mamba.errors import BadInput
from decision_mamba.files import require_writable
from decision_mamba.seeding import Seeds
from decision_mamba.settings import to_dict


@dataclasses.dataclass(frozen=True)
class Collection:
    """What shall be collected.

    Attributes:
        task: name of the maze.
        learner: who plays.
        tasks: how many of the seen tasks are played, each a part.
        histories: of each task.
        episodes: of each history.
        unseen: share of all tasks that is kept for evaluation.
        places: the tasks to play, by the places of what is hidden in them; if there are none, the
            seed draws them.
        seed: of the split and of all play.
    """

    task: str
    learner: LearnerSettings
    tasks: int
    histories: int
    episodes: int
    unseen: float = 0.2
    places: tuple[tuple[int, ...], ...] = ()
    seed: int = 0


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a collection has come.

    Attributes:
        steps: environment steps of all parts that are finished.
        last_return: mean return of the last episode of the histories of the part just finished.
        steps_per_second: of playing that part and those played with it; None where it was found
            finished.
    """

    part: int
    parts: int
    steps: int
    last_return: float
    steps_per_second: float | None


def collect(
    collection: Collection,
    path: Path,
    *,
    resume: bool = False,
    heard: Callable[[float], None] = lambda _: None,
) -> Iterator[Progress]:
    """Plays task after task, and when all are played writes the file.

    What was played before a stop is kept beside the file, task by task, or as many tasks as are
    played at once; `resume` goes on there, and the file is the same as if nothing had stopped.

    Args:
        collection: what is played.
        path: where to; a file that is there is replaced.
        resume: go on where a collection was stopped.
        heard: told, while several tasks are played at once, how many are done, not a whole number.

    Yields:
        After each task how far it has come.

    Raises:
        BadInput: a task, a number or a place that cannot be.
        Failure: the disk does not take the data.
    """
    family = maze(collection.task)
    seen, unseen = _tasks(collection, family)
    require_writable(path)
    parts = Parts(path)
    parts.begin(to_dict(collection), resume=resume)
    yield from _play(collection, family, seen, parts, heard)
    whole = assemble(family, ((int(task), parts.read(i)) for i, task in enumerate(seen)))
    instances = np.repeat(seen, collection.histories)
    drawn = Seeds(collection.seed).histories(len(seen)).integers(family.states, size=len(instances))
    histories = Histories(
        offsets=np.arange(len(instances) + 1) * collection.episodes,
        instances=instances,
        unseen=unseen,
        optimal_actions=whole.optimal_actions,
        queries=family.observe(instances, drawn, np.zeros_like(drawn)),
        query_actions=family.optimal(instances, drawn),
        collection=to_dict(collection),
    )
    record_histories(path, whole.store, histories, task=collection.task)
    parts.remove()


def _play(
    collection: Collection,
    family: Maze,
    seen: Int[ndarray, " seen"],
    parts: Parts,
    heard: Callable[[float], None],
) -> Iterator[Progress]:
    steps = 0
    together = at_once(collection.learner, collection.histories)
    for first in range(0, len(seen), together):
        group = range(first, min(first + together, len(seen)))
        speed = _play_group(collection, family, seen, parts, group, heard)
        for part in group:
            trace = parts.read(part)
            steps += trace.steps
            yield Progress(part + 1, len(seen), steps, _last(trace, collection.episodes), speed)


def _play_group(
    collection: Collection,
    family: Maze,
    seen: Int[ndarray, " seen"],
    parts: Parts,
    group: range,
    heard: Callable[[float], None],
) -> float | None:
    """Plays the tasks of these parts at once, all of them even if only one is missing."""
    if all(part in parts for part in group):
        return None
    began = time.perf_counter()
    traces = play(
        collection.learner, family, [int(task) for task in seen[group.start : group.stop]],
        histories=collection.histories, episodes=collection.episodes,
        generator=Seeds(collection.seed).histories(group.start),
        heard=lambda share: heard(group.start + share * len(group)),
    )  # fmt: skip
    seconds = time.perf_counter() - began
    for part, trace in zip(group, traces, strict=True):
        parts.write(part, trace)
    return sum(trace.steps for trace in traces) / seconds


def _last(trace: Trace, episodes: int) -> float:
    return float(trace.returns.reshape(-1, episodes)[:, -1].mean())


def _tasks(
    collection: Collection, family: Maze
) -> tuple[Int[ndarray, " seen"], Int[ndarray, " unseen"]]:
    for name in ("tasks", "histories", "episodes"):
        if getattr(collection, name) < 1:
            raise BadInput(f"{getattr(collection, name)} {name} are none; give at least 1")
    seen, unseen = split(family, collection.seed, unseen=collection.unseen)
    if collection.places:
        return _placed(collection, family, unseen)
    if collection.tasks > len(seen):
        raise BadInput(
            f"{collection.tasks} tasks of {collection.task} were asked for and it has {len(seen)}"
            + (", the rest being kept unseen" if family.holds_out else "")
            + f"; give at most {len(seen)}"
        )
    return seen[: collection.tasks], unseen


def _placed(
    collection: Collection, family: Maze, unseen: Int[ndarray, " unseen"]
) -> tuple[Int[ndarray, " seen"], Int[ndarray, " kept"]]:
    given = np.array([family.number(places) for places in collection.places])
    if len(np.unique(given)) < len(given):
        raise BadInput(f"a task of {collection.task} was given twice; give each once")
    kept = np.setdiff1d(unseen, given) if family.holds_out else unseen
    if len(kept) == 0:
        raise BadInput(
            f"every unseen task of {collection.task} was given to be learned from, which leaves "
            "none for evaluation; give fewer, or a greater share of unseen ones"
        )
    return given, kept
