"""Either way to the device brings the windows that the host would draw."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.training.feed import Feed, HostFeed, ResidentFeed, feed_for
from tests.conftest import small_store

CPU = torch.device("cpu")
MakeFeed = Callable[[Windows, int, torch.device], Feed]


@pytest.fixture
def windows() -> Windows:
    return Windows(small_store(), Windowing(length=5))


@pytest.mark.parametrize("make", [HostFeed, ResidentFeed])
def test_it_brings_the_windows_of_the_generator(windows: Windows, make: MakeFeed) -> None:
    feed = make(windows, 16, CPU)

    feed.send(np.random.default_rng(1))
    feed.send(np.random.default_rng(2))

    drawn = windows.draw(16, np.random.default_rng(2))
    for field in dataclasses.fields(Batch):
        assert torch.equal(getattr(feed.batch(), field.name), getattr(drawn, field.name))


def test_windows_arrive_in_the_same_memory(windows: Windows) -> None:
    feed = HostFeed(windows, 4, CPU)
    before = feed.batch().observations.data_ptr()

    feed.send(np.random.default_rng(1))

    assert feed.batch().observations.data_ptr() == before


@pytest.mark.parametrize(("free", "expected"), [(2_500, ResidentFeed), (2_400, HostFeed)])
def test_columns_lie_on_a_card_that_has_room_for_them(
    windows: Windows, monkeypatch: pytest.MonkeyPatch, free: int, expected: type[Feed]
) -> None:
    card = torch.device("cuda", 0)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (free, 10**9))
    made: list[type[Feed]] = []
    for kind in (ResidentFeed, HostFeed):
        monkeypatch.setattr(kind, "__init__", lambda self, *_: made.append(type(self)))

    feed_for(windows, 4, card)

    assert windows.columns.bytes == 49 * (3 + 2 + 1) * 4 + 4 * 8
    assert made == [expected]


def test_without_a_card_they_stay_where_they_are(windows: Windows) -> None:
    assert isinstance(feed_for(windows, 4, CPU), HostFeed)
