"""An environment that says how much time it took."""

import time
from collections.abc import Sequence

from decision_mamba.envs import Environment, Image, Stepped
from decision_mamba.shapes import PlayedActions, PlayedObservations, Rows


class Clocked(Environment):
    """Passes everything on to another environment and adds up the time until it answers.

    Attributes:
        seconds: spent in `reset` and `step` so far.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.task = environment.task
        self.spaces = environment.spaces
        self.horizon = environment.horizon
        self.copies = environment.copies
        self.steps_per_second = environment.steps_per_second
        self.seconds = 0.0

    def reset(self, seeds: Sequence[int]) -> PlayedObservations:
        began = time.perf_counter()
        observations = self._environment.reset(seeds)
        self.seconds += time.perf_counter() - began
        return observations

    def step(self, rows: Rows, actions: PlayedActions) -> Stepped:
        began = time.perf_counter()
        stepped = self._environment.step(rows, actions)
        self.seconds += time.perf_counter() - began
        return stepped

    def render(self, row: int) -> Image:
        return self._environment.render(row)

    def close(self) -> None:
        self._environment.close()
