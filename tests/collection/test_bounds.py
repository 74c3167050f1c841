"""A setting out of its range is named with the range; both ends are allowed."""

import math

import pytest

from decision_mamba.collection.bounds import AT_LEAST_1, SHARE, require_within
from decision_mamba.collection.dqn import DQN
from decision_mamba.collection.noise import Noise
from decision_mamba.errors import BadInput


@pytest.mark.parametrize("last", [0.0, 0.3, 1.0])
def test_what_lies_within_is_allowed(last: float) -> None:
    require_within(Noise(last=last), {"last": SHARE})


@pytest.mark.parametrize("last", [-0.1, 1.1, math.nan, math.inf])
def test_a_share_lies_between_0_and_1(last: float) -> None:
    with pytest.raises(BadInput, match=r"Noise's last is .*; give 0 to 1"):
        require_within(Noise(last=last), {"last": SHARE})


def test_a_count_of_none_is_refused() -> None:
    with pytest.raises(BadInput, match="DQN's batch is 0; give at least 1"):
        require_within(DQN(batch=0), {"batch": AT_LEAST_1})
