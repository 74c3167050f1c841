"""The promise of an environment cannot be kept by halves."""

from collections.abc import Sequence

import numpy as np
import pytest

from decision_mamba.envs import Environment, Image, Stepped
from decision_mamba.shapes import PlayedObservations, Rows


def test_an_environment_that_cannot_step_is_refused() -> None:
    class Still(Environment):
        """Everything but `step`."""

        def reset(self, seeds: Sequence[int]) -> PlayedObservations:
            raise NotImplementedError

        def restart(self, rows: Rows, seeds: Sequence[int]) -> PlayedObservations:
            raise NotImplementedError

        def render(self, row: int) -> Image:
            raise NotImplementedError

        def close(self) -> None:
            raise NotImplementedError

    with pytest.raises(TypeError, match="step"):
        Still()  # type: ignore[abstract]


def test_a_step_is_refused_where_rewards_and_observations_are_not_as_many() -> None:
    flags = np.zeros(2, dtype=bool)

    with pytest.raises(TypeError):
        Stepped(np.zeros((2, 3), np.float32), np.zeros(1), terminated=flags, truncated=flags)
