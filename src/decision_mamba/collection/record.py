"""Records episodes of any actor in any environment into one file, wave by wave."""

import dataclasses
import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from decision_mamba.collection.parts import Parts
from decision_mamba.data.sources import record
from decision_mamba.data.sources.shards import require_memory
from decision_mamba.data.store import Store
from decision_mamba.envs import Actor, Environment, rollout
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput
from decision_mamba.files import require_writable
from decision_mamba.seeding import Seeds


@dataclasses.dataclass(frozen=True)
class Amount:
    """How much is played: one of the two.

    Attributes:
        steps: at least so many, in whole episodes.
        episodes: exactly so many.
    """

    steps: int | None = None
    episodes: int | None = None

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.episodes is None):
            raise BadInput("a number of steps or of episodes says how long to play; give one")
        for name in ("steps", "episodes"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise BadInput(f"{value} {name} are none; give at least 1")

    def is_reached(self, steps: int, episodes: int) -> bool:
        """Whether so many are enough."""
        if self.steps is not None:
            return steps >= self.steps
        return self.episodes is not None and episodes >= self.episodes

    def of(self, episodes: Iterable[Episode]) -> Iterator[Episode]:
        """The first episodes that are enough."""
        steps = 0
        for number, episode in enumerate(episodes):
            yield episode
            steps += len(episode)
            if self.is_reached(steps, number + 1):
                return


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far it has come; the last one tells what the file holds."""

    episodes: int = 0
    steps: int = 0
    mean_return: float = 0.0

    def after(self, played: Iterable[Episode]) -> "Progress":
        """With these episodes more."""
        episodes, steps, total = self.episodes, self.steps, self.mean_return * self.episodes
        for episode in played:
            episodes, steps = episodes + 1, steps + len(episode)
            total += episode.total_reward
        return Progress(episodes, steps, total / max(episodes, 1))


def record_play(
    environment: Environment,
    actor: Actor,
    path: Path,
    amount: Amount,
    *,
    seed: int = 0,
    told: dict[str, Any] | None = None,
    resume: bool = False,
) -> Generator[Progress, None, None]:
    """Plays until there is enough, and then writes the file, whole or not at all.

    As many episodes as the environment has copies are played side by side, a wave; what was played
    before a stop is kept beside the file, wave by wave, and only one wave is in memory. The n-th
    episode follows from the seed and n: how many are played side by side changes nothing in the
    file, nor does a stop, as far as the actor's arithmetic is the same for any number of rows.

    Args:
        environment: what is played.
        actor: who plays; made anew, so that its first episode is the file's.
        path: where to; a file that is there is replaced.
        amount: how much.
        seed: of the starts.
        told: how the episodes are made, as plain values: kept in the file, and a stopped
            collection goes on only with the same.
        resume: go on where a collection was stopped.

    Yields:
        After each episode how far it has come.

    Raises:
        BadInput: nothing can be written there, or what is half collected there is another.
        Failure: the disk does not take the data.
    """
    require_writable(path)
    _require_room(environment)
    parts = Parts(path)
    told = (told or {}) | {"task": environment.task, "seed": seed, **dataclasses.asdict(amount)}
    parts.begin(told | {"copies": environment.copies}, resume=resume)
    stores: list[Store] = []
    so_far = Progress()
    while not amount.is_reached(so_far.steps, so_far.episodes):
        place = parts.store(len(stores))
        starts = _starts(seed, so_far.episodes, _copies(environment, amount, so_far))
        if place.exists():
            actor.reset(len(starts))  # draws for these, so that the next episodes get their own
        else:
            yield from _play(environment, actor, starts, place=place, so_far=so_far)
        stores.append(Store.open(place))
        so_far = so_far.after(_episodes(stores[-1:]))
    record(path, amount.of(_episodes(stores)), task=environment.task, made_by=told)
    parts.remove()
    yield Progress().after(amount.of(_episodes(stores)))


def _require_room(environment: Environment) -> None:
    """Before anything is begun: a wave of long episodes of frames takes gigabytes."""
    seen = environment.spaces.observation
    size = math.prod(seen.shape) * np.dtype(seen.dtype).itemsize
    require_memory(
        environment.copies * environment.horizon * size,
        f"{environment.copies} episodes of {environment.task} side by side",
        remedy="play fewer with --copies",
    )


def _copies(environment: Environment, amount: Amount, so_far: Progress) -> int:
    """How many episodes are played next: not many more than are needed, if lengths stay alike."""
    needed = environment.copies
    if amount.episodes is not None:
        needed = amount.episodes - so_far.episodes
    elif amount.steps is not None and so_far.steps:
        needed = math.ceil((amount.steps - so_far.steps) * so_far.episodes / so_far.steps)
    return min(environment.copies, needed)


def _play(
    environment: Environment, actor: Actor, starts: Sequence[int], *, place: Path, so_far: Progress
) -> Iterator[Progress]:
    """Plays a wave and writes it, in the order of its starts."""
    played: dict[int, Episode] = {}
    for row, episode in rollout(environment, actor, seeds=starts):
        played[row] = episode
        so_far = so_far.after([episode])
        yield so_far
    Store.of((played[row] for row in range(len(starts))), place)


def _starts(seed: int, first: int, count: int) -> list[int]:
    """Where episodes start: not where an evaluation with the same seed does."""
    generators = (Seeds(seed).histories(number) for number in range(first, first + count))
    return [int(generator.integers(2**32)) for generator in generators]


def _episodes(stores: Iterable[Store]) -> Iterator[Episode]:
    for store in stores:
        for index in range(store.episodes):
            yield store.episode(index)
