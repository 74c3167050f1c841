"""Moments hold one number per observation number."""

import jaxtyping
import numpy as np
import pytest

from decision_mamba.moments import Moments


def test_a_mean_of_another_size_than_the_spread_is_refused() -> None:
    with pytest.raises(jaxtyping.TypeCheckError):
        Moments(mean=np.zeros(3), std=np.zeros(2))
