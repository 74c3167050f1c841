"""All randomness of a run, from one seed."""

import contextlib
from collections.abc import Iterator

import numpy as np
import torch

# One stream per purpose; a number here, once used, is never given to another.
_WEIGHTS, _WINDOWS, _DROPOUT, _ENVIRONMENTS, _CHOICES, _TASKS, _HISTORIES, _INSTANCES = range(8)
_DECISIONS = 8


class Seeds:
    """Generators by purpose and update, so that the n-th update draws the same after a resume.

    Nothing is carried from one update to the next: whoever knows the seed and the number of the
    update knows every draw. Streams of one seed are independent (NumPy's SeedSequence).
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def windows(self, update: int) -> np.random.Generator:
        """Which windows the batch of this update holds."""
        return np.random.default_rng([self.seed, _WINDOWS, update])

    def tasks(self) -> np.random.Generator:
        """Which tasks of a family are learned from and which are kept unseen."""
        return np.random.default_rng([self.seed, _TASKS])

    def histories(self, part: int) -> np.random.Generator:
        """How the episodes of one part of a collection are played."""
        return np.random.default_rng([self.seed, _HISTORIES, part])

    def instances(self) -> np.random.Generator:
        """Which tasks of a family an evaluation plays, the same ones every time."""
        return np.random.default_rng([self.seed, _INSTANCES])

    def environments(self, copies: int) -> list[int]:
        """One seed per episode to be played, the same ones at every evaluation."""
        words = np.random.SeedSequence([self.seed, _ENVIRONMENTS]).generate_state(copies)
        return [int(word) for word in words]

    def choices(self, row: int, episode: int = 0) -> np.random.Generator:
        """Which of several likely actions are done in an episode that an agent plays.

        Args:
            row: how many rows it had begun before.
            episode: how many episodes of the same row, remembered, were played before.
        """
        following = [episode] if episode else []
        return np.random.default_rng([self.seed, _CHOICES, row, *following])

    @contextlib.contextmanager
    def weights(self) -> Iterator[None]:
        """Inside, new modules draw their weights; outside, torch's generator is untouched."""
        with _torch_seeded([self.seed, _WEIGHTS]):
            yield

    @contextlib.contextmanager
    def dropout(self, update: int) -> Iterator[None]:
        """Inside, dropout draws its masks; outside, torch's generator is untouched."""
        with _torch_seeded([self.seed, _DROPOUT, update]):
            yield

    @contextlib.contextmanager
    def decision(self, number: int) -> Iterator[None]:
        """Inside, a policy draws what it decides by; outside, torch's generator is untouched."""
        with _torch_seeded([self.seed, _DECISIONS, number]):
            yield


@contextlib.contextmanager
def _torch_seeded(entropy: list[int]) -> Iterator[None]:
    # torch's initialisers and dropout draw from its default generator only, so that one is seeded
    # and put back.
    word = int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0] >> 1)
    # Not torch.manual_seed, which looks for devices of every kind and takes a third of a
    # millisecond for it. A card that nobody has used yet has no generator.
    generators = (torch.default_generator, *torch.cuda.default_generators)
    states = [generator.get_state() for generator in generators]
    for generator in generators:
        generator.manual_seed(word)
    try:
        yield
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)
