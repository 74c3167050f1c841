"""An environment whose copies are seen through noise."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from decision_mamba.envs import Environment, Image, Stepped
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows

# Beside the seed of an episode, from which its environment draws: its noise is another stream.
_NOISE = 1


class Noisy(Environment):
    """Adds Gaussian noise to what each copy shows; what it computes with stays as it is.

    The noise of an episode follows from its seed alone, whichever episodes share its wave.

    Source: Chen et al. 2021, arXiv:2106.01345, official Gym code, mode "noise", with a standard
    deviation of 0.1 in raw units; it disturbs the first observation of an episode only.
    """

    def __init__(
        self, environment: Environment, deviation: float, *, first_only: bool = False
    ) -> None:
        """Disturbs every observation, or only the first of each episode.

        Args:
            environment: what is played.
            deviation: standard deviation of each number's noise, in raw units.
            first_only: whether an episode is undisturbed after its first observation.
        """
        self.task = environment.task
        self.spaces = environment.spaces
        self.horizon = environment.horizon
        self.copies = environment.copies
        self.steps_per_second = environment.steps_per_second
        self._environment = environment
        self._deviation = deviation
        self._first_only = first_only
        self._generators: list[np.random.Generator] = []

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        self._generators = [np.random.default_rng([seed, _NOISE]) for seed in seeds]
        return self._disturbed(range(len(seeds)), self._environment.reset(seeds))

    def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
        for row, seed in zip(rows, seeds, strict=True):
            self._generators[row] = np.random.default_rng([seed, _NOISE])
        return self._disturbed(rows.tolist(), self._environment.restart(rows, seeds))

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        stepped = self._environment.step(rows, actions)
        if self._first_only:
            return stepped
        seen = self._disturbed(rows.tolist(), stepped.observations)
        return dataclasses.replace(stepped, observations=seen)

    def render(self, row: int) -> Image:
        return self._environment.render(row)

    def close(self) -> None:
        self._environment.close()

    def _disturbed(self, rows: Sequence[int], exact: PlayedObservations) -> PlayedObservations:
        drawn = [self._generators[row].standard_normal(exact.shape[1], np.float32) for row in rows]
        return exact + np.float32(self._deviation) * np.stack(drawn)
