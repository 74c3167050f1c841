"""Windows gathered on a card are those gathered on the host, bit for bit."""

import dataclasses
from typing import Literal

import numpy as np
import pytest
import torch

from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.training.feed import HostFeed, ResidentFeed, feed_for
from tests.conftest import small_store

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize("kind", [ResidentFeed, HostFeed])
@pytest.mark.parametrize("pad", ["end", "left"])
def test_either_feed_brings_the_windows_of_the_generator(
    card: torch.device, pad: Literal["end", "left"], kind: type[ResidentFeed] | type[HostFeed]
) -> None:
    windows = Windows(small_store(), Windowing(length=5, pad=pad))
    feed = kind(windows, 64, card)

    for update in range(20):
        feed.send(np.random.default_rng(update))
        there = feed.batch().to(torch.device("cpu"))

        here = windows.draw(64, np.random.default_rng(update))
        for field in dataclasses.fields(here):
            assert torch.equal(getattr(here, field.name), getattr(there, field.name))


def test_small_data_lie_on_the_card(card: torch.device) -> None:
    feed = feed_for(Windows(small_store(), Windowing(length=5)), 4, card)

    assert isinstance(feed, ResidentFeed)
    assert feed.batch().observations.device == card
