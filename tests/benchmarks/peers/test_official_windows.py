"""The restated `get_batch` cuts the windows that ours cuts when it pads as published."""

import numpy as np
import pytest
import torch

from benchmarks.peers.official_windows import Trajectories, cut, draw
from decision_mamba.data.store import Store
from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.episode import Episode


@pytest.fixture
def store() -> Store:
    random = np.random.default_rng(0)
    episodes = [
        Episode(
            random.normal(size=(steps, 2)).astype(np.float32),
            random.uniform(-1, 1, (steps, 1)).astype(np.float32),
            random.normal(size=steps).astype(np.float32),
            terminated=True,
            truncated=False,
        )
        for steps in (6, 4)
    ]
    return Store.of(episodes)


def test_the_same_windows_come_out(store: Store) -> None:
    data = Trajectories.of(store)
    windows = Windows(store, Windowing(length=3, pad="left"))

    states, actions, _, returns, times, mask = cut(data, [(0, 1), (0, 5), (1, 2)], 3)
    ours = windows.gather(np.array([1, 5, 8]))

    mean, std = torch.tensor(data.mean), torch.tensor(data.std)
    torch.testing.assert_close((states * std + mean).float(), ours.observations)
    torch.testing.assert_close(actions, ours.actions)
    torch.testing.assert_close(returns[:, :-1, 0] * data.return_scale, ours.returns_to_go)
    assert times.tolist() == ours.timesteps.tolist()
    assert mask.bool().tolist() == ours.mask.tolist()


def test_a_batch_has_the_official_shapes(store: Store) -> None:
    batch = draw(Trajectories.of(store), 5, 3, np.random.default_rng(0))

    assert [tuple(part.shape) for part in batch] == [
        (5, 3, 2),
        (5, 3, 1),
        (5, 3, 1),
        (5, 4, 1),
        (5, 3),
        (5, 3),
    ]
