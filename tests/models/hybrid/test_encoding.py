"""Raw steps become what memory and actor are told."""

import dataclasses

import torch

from decision_mamba.models.hybrid.chunks import chunks_of
from decision_mamba.models.hybrid.encoding import Encoding
from tests.models.hybrid.rows import CHUNK, ragged_rows, small_hybrid

PLAIN = Encoding(levels=0, chunk=CHUNK, timesteps=6, reward_scale=2.0, chunk_reward="sum")
SCALING = small_hybrid().scaling


def test_numbers_are_scaled_by_the_moments() -> None:
    features = PLAIN.features(torch.tensor([1.5, -1.0, -1.0]), SCALING)

    assert features.tolist() == [1.0, 0.0, -1.0]
    assert PLAIN.size(3) == 3


def test_whole_numbers_become_ones_among_zeros() -> None:
    encoding = dataclasses.replace(PLAIN, levels=3)

    features = encoding.features(torch.tensor([[0.0, 2.0], [1.0, 3.0]]), SCALING)

    assert features.tolist() == [[1, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 0]]
    assert encoding.size(2) == 6


def test_times_are_ages_up_to_the_end_of_their_table() -> None:
    times = PLAIN.known(ragged_rows(), SCALING).times

    assert times[1, :14].tolist() == [0, 1, 2, 0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5]
    assert PLAIN.times == 6


def test_without_a_table_of_ages_times_are_places_within_the_chunk() -> None:
    encoding = dataclasses.replace(PLAIN, timesteps=0)

    times = encoding.known(ragged_rows(), SCALING).times

    assert times[0, :9].tolist() == [0, 1, 2, 3, 0, 1, 2, 0, 1]
    assert encoding.times == CHUNK


def test_a_chunk_is_told_what_the_one_before_it_earned_and_whether_it_was_the_last() -> None:
    context = dataclasses.replace(ragged_rows(), rewards=torch.arange(34.0).view(2, 17))
    chunks = chunks_of(context.mask, context.timesteps, CHUNK)

    told = PLAIN.summaries(chunks, context, SCALING)
    mean = dataclasses.replace(PLAIN, chunk_reward="mean").summaries(chunks, context, SCALING)

    #                      row 0: 0..3, 4..6, 7..10, 11, 12..15      row 1: 17..19, 20..23, 24..27
    assert (told.rewards * 2).flatten().tolist() == [0, 6, 15, 34, 11, 54, 0, 54, 86, 102]
    assert told.ends.flatten().tolist() == [2, 0, 1, 0, 1, 0, 2, 1, 0, 0]
    torch.testing.assert_close(mean.rewards * CHUNK, told.rewards)
    torch.testing.assert_close(
        told.returns[:, 0] * 10, context.returns_to_go[chunks.rows, chunks.steps[:, 0]]
    )
