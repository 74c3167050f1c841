"""The card that these tests need."""

import pytest
import torch


@pytest.fixture
def card() -> torch.device:
    if not torch.cuda.is_available():
        pytest.skip("there is no NVIDIA card")
    return torch.device("cuda", 0)
