"""The annotations are enforced while the tests run."""

import jaxtyping
import pytest
import torch

from decision_mamba.training.objective import mean_squared_error


def test_a_wrong_shape_is_refused() -> None:
    three, two = torch.zeros(1, 3, 1), torch.zeros(1, 2, dtype=torch.bool)

    with pytest.raises(jaxtyping.TypeCheckError):
        mean_squared_error(three, three, two, torch.ones(1))
