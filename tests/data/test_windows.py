"""Windows hold the steps they should, with the chances they should."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from decision_mamba.batch import Batch
from decision_mamba.data.returns import Curation
from decision_mamba.data.store import Store
from decision_mamba.data.windows import Windowing, Windows
from decision_mamba.episode import Episode
from decision_mamba.errors import BadInput

MakeEpisode = Callable[..., Episode]

LENGTH = 4


@pytest.fixture
def store(episode: MakeEpisode) -> Store:
    """Three episodes of 5, 2 and 6 steps, at steps 0, 5 and 7 of the store."""
    return Store.of([episode(5), episode(2, 100.0), episode(6, 200.0, reward=2.0)])


def slowly(store: Store, start: int, length: int) -> dict[str, list[float]]:
    """The first observation number and the rest of one window, with end padding."""
    index = max(i for i in range(store.episodes) if store.offsets[i] <= start)
    episode = store.episode(index)
    first = start - int(store.offsets[index])
    steps = [min(first + t, len(episode) - 1) for t in range(length)]
    return {
        "observations": [float(episode.observations[t, 0]) for t in steps],
        "actions": [float(episode.actions[t, 0]) for t in steps],
        "returns_to_go": [float(episode.rewards[t:].sum()) for t in steps],
        "timesteps": list(steps),
        "mask": [first + t < len(episode) for t in range(length)],
    }


def test_every_window_equals_the_slow_loop(store: Store) -> None:
    batch = Windows(store, Windowing(LENGTH)).gather(np.arange(store.steps))

    for start in range(store.steps):
        expected = slowly(store, start, LENGTH)
        assert batch.observations[start, :, 0].tolist() == expected["observations"]
        assert batch.actions[start, :, 0].tolist() == expected["actions"]
        assert batch.returns_to_go[start].tolist() == expected["returns_to_go"]
        assert batch.timesteps[start].tolist() == expected["timesteps"]
        assert batch.mask[start].tolist() == expected["mask"]


def test_types_are_those_a_policy_expects(store: Store) -> None:
    batch = Windows(store, Windowing(LENGTH)).draw(2, np.random.default_rng(0))

    assert batch.observations.dtype == batch.actions.dtype == torch.float32
    assert batch.returns_to_go.dtype == torch.float32
    assert batch.timesteps.dtype == torch.int64
    assert batch.mask.dtype == torch.bool


def test_official_padding_stands_in_front(store: Store) -> None:
    batch = Windows(store, Windowing(LENGTH, pad="left")).gather(np.array([3]))

    # Steps 3 and 4 of the first episode, behind two that fill the window.
    observations = torch.tensor([[0, 0, 0], [0, 0, 0], [3, 3.1, 3.2], [4, 4.1, 4.2]])
    actions = torch.tensor([[-10, -10], [-10, -10], [0.03, -0.03], [0.04, -0.04]])
    torch.testing.assert_close(batch.observations[0], observations)
    torch.testing.assert_close(batch.actions[0], actions)
    assert batch.returns_to_go[0].tolist() == [0.0, 0.0, 2.0, 1.0]
    assert batch.timesteps[0].tolist() == [0, 0, 3, 4]
    assert batch.mask[0].tolist() == [False, False, True, True]


def test_a_window_without_padding_is_the_same_either_way(store: Store) -> None:
    starts = np.array([0, 1, 7, 9])
    end = Windows(store, Windowing(LENGTH)).gather(starts)
    left = Windows(store, Windowing(LENGTH, pad="left")).gather(starts)

    assert torch.equal(end.observations, left.observations)
    assert torch.equal(end.timesteps, left.timesteps)
    assert bool(left.mask.all())


def test_every_step_begins_a_window_as_often_as_any_other(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH))

    batch = windows.draw(13_000, np.random.default_rng(0))

    starts, counts = torch.unique(batch.observations[:, 0, 0], return_counts=True)
    assert len(starts) == 13
    # 1,000 expected of each; the standard deviation of a count is 30.
    assert counts.min().item() > 850
    assert counts.max().item() < 1150


def test_only_chosen_episodes_are_drawn(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH), Curation(best_share=0.9))

    batch = windows.draw(500, np.random.default_rng(0))

    assert windows.episodes.tolist() == [0, 2]
    assert set(batch.observations[:, 0, 0].tolist()) == {0, 1, 2, 3, 4, *range(200, 206)}


def test_clipped_rewards_are_summed_as_they_are_cut(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH), Curation(rewards="clipped"))

    batch = windows.gather(np.array([0, 7]))

    assert batch.returns_to_go.tolist() == [[5.0, 4.0, 3.0, 2.0], [6.0, 5.0, 4.0, 3.0]]


def test_delayed_rewards_leave_the_whole_return_to_go(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH), Curation(rewards="delayed"))

    assert windows.gather(np.array([8])).returns_to_go[0].tolist() == [12.0] * LENGTH


def test_the_same_generator_draws_the_same_windows(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH))

    def drawn(seed: int) -> Batch:
        return windows.draw(8, np.random.default_rng(seed))

    assert torch.equal(drawn(1).observations, drawn(1).observations)
    assert not torch.equal(drawn(1).observations, drawn(2).observations)


def test_a_batch_may_be_changed_without_touching_the_store(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH))

    windows.gather(np.array([0])).observations.zero_()

    assert windows.gather(np.array([0])).observations[0, 1, 0].item() == 1.0


def test_windows_are_drawn_by_their_starts(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH))

    starts = windows.draw_starts(8, np.random.default_rng(1))

    drawn = windows.draw(8, np.random.default_rng(1))
    assert torch.equal(windows.gather(starts).observations, drawn.observations)


def test_columns_know_how_much_memory_they_take(store: Store) -> None:
    # 13 steps of 3 + 2 + 1 numbers of 4 bytes, and 4 offsets of 8.
    assert Windows(store, Windowing(LENGTH)).columns.bytes == 13 * 6 * 4 + 4 * 8


def test_windows_longer_than_every_episode_are_refused(store: Store) -> None:
    with pytest.raises(
        BadInput,
        match=r"^windows of 7 steps are longer than every episode \(the longest of 3 has 6\); "
        r"give a smaller --windows.length$",
    ):
        Windows(store, Windowing(7))


def test_a_window_as_long_as_the_longest_episode_will_do(store: Store) -> None:
    batch = Windows(store, Windowing(6)).gather(np.array([7]))

    assert bool(batch.mask.all())


def test_a_window_needs_a_step(store: Store) -> None:
    with pytest.raises(BadInput, match="windows are 0 steps long; expected at least 1"):
        Windows(store, Windowing(0))


def test_whole_episodes_are_padded_to_the_longest_drawn(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH, whole=True))

    batch = windows.gather(np.array([5, 0]))

    assert batch.mask.tolist() == [[True, True, False, False, False], [True] * 5]
    assert batch.timesteps.tolist() == [[0, 1, 1, 1, 1], [0, 1, 2, 3, 4]]
    assert batch.observations[0, :, 0].tolist() == [100.0, 101.0, 101.0, 101.0, 101.0]


def test_whole_episodes_can_be_padded_further(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH, whole=True))

    batch = windows.gather(np.array([5]), steps=windows.longest)

    assert batch.mask.tolist() == [[True, True, False, False, False, False]]


def test_whole_episodes_are_drawn_in_proportion_to_their_length(store: Store) -> None:
    windows = Windows(store, Windowing(LENGTH, whole=True))

    starts = windows.draw_starts(13_000, np.random.default_rng(0))

    firsts, counts = np.unique(starts, return_counts=True)
    assert firsts.tolist() == [0, 5, 7]
    # 5,000, 2,000 and 6,000 expected; the standard deviations are 55, 41 and 57.
    assert np.abs(counts - [5_000, 2_000, 6_000]).max() < 230


def test_the_longest_row_is_that_of_the_chosen_episodes(store: Store) -> None:
    best = Curation(best_share=0.1)  # the third episode alone

    assert Windows(store, Windowing(LENGTH)).longest == LENGTH
    assert Windows(store, Windowing(LENGTH, whole=True), best).longest == 6
    assert Windows(store, Windowing(20, whole=True)).longest == 6


def test_chunks_may_be_longer_than_every_episode(store: Store) -> None:
    batch = Windows(store, Windowing(7, whole=True)).gather(np.array([7]))

    assert batch.mask.shape == (1, 6)


@pytest.mark.parametrize("pad", ["end", "left"])
def test_windows_of_choices_hold_whole_numbers(choosing: MakeEpisode, pad: str) -> None:
    windowing = Windowing(LENGTH, pad="left" if pad == "left" else "end")
    windows = Windows(Store.of([choosing(9, 8), choosing(1, 2, 3, 4, 5)]), windowing)

    batch = windows.gather(np.array([0, 3, 5]))

    short, last = ([0, 0, 9, 8], [0, 0, 4, 5]) if pad == "left" else ([9, 8, 8, 8], [4, 5, 5, 5])
    assert batch.actions.tolist() == [short, [2, 3, 4, 5], last]
    assert not batch.actions.is_floating_point()
