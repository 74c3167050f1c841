"""The reference mask is the hash it names, and looks like chance."""

import math

import pytest
import torch

from decision_mamba.ops.dropout import reference

MANY = torch.empty(1 << 18)


def kept(seed: int, p: float = 0.5) -> torch.Tensor:
    return reference.kept(MANY, p, seed).double()


def scores(hits: torch.Tensor, share: float) -> float:
    """By how many standard deviations the share of hits among all is off."""
    deviation = math.sqrt(share * (1 - share) / hits.numel())
    return abs(hits.mean().item() - share) / deviation


def test_the_hash_is_the_one_it_names() -> None:
    word = 2**64

    def split_mix(key: int) -> int:
        key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9 % word
        key = (key ^ key >> 27) * 0x94D049BB133111EB % word
        return key ^ key >> 31

    def low_bias(bits: int) -> int:
        bits = (bits ^ bits >> 16) * 0x7FEB352D % 2**32
        bits = (bits ^ bits >> 15) * 0x846CA68B % 2**32
        return bits ^ bits >> 16

    wanted = []
    for place in range(3000):
        key = split_mix((-5 + place // 1024 * 0x9E3779B97F4A7C15) % word)
        bits = low_bias((low_bias((place % 1024 + key) % 2**32) + (key >> 32)) % 2**32)
        wanted.append(bits >= round(0.3 * 2**32))

    assert reference.kept(torch.empty(3000), 0.3, -5).tolist() == wanted


def test_the_hash_of_64_bits_is_the_published_one() -> None:
    # The first numbers that splitmix64.c gives for the seed 0: its state moves before it mixes.
    states = torch.arange(1, 4) * reference._signed(reference.GOLDEN)

    found = [number % 2**64 for number in reference._mixed_64(states).tolist()]

    assert found == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


@pytest.mark.parametrize("seed", [0, 1, 2, -1, 1 << 62])
@pytest.mark.parametrize("p", [0.1, 0.5])
def test_the_share_that_is_kept_is_as_asked(p: float, seed: int) -> None:
    assert scores(kept(seed, p), 1 - p) < 4


@pytest.mark.parametrize("away", [1, 2, 3, 16, 128, 1024, 4096])
def test_neighbours_do_not_know_of_each_other(away: int) -> None:
    mask = kept(seed=3)

    assert scores((mask[away:] == mask[:-away]).double(), 0.5) < 4


@pytest.mark.parametrize("other", [4, 5, 3 + (1 << 32), reference._signed(reference.GOLDEN) + 3])
def test_calls_do_not_know_of_each_other(other: int) -> None:
    first, second = kept(seed=3), kept(other)

    assert scores((first == second).double(), 0.5) < 4


def test_places_in_a_chunk_are_kept_alike() -> None:
    shares = kept(seed=3).view(-1, reference.CHUNK).mean(dim=0)

    # Pearson's χ² over 1,024 places; its standard deviation is √2048.
    chi_square = ((shares - 0.5) ** 2 / (0.25 / 256)).sum().item()
    assert abs(chi_square - 1024) < 4 * 2048**0.5


def test_a_share_next_to_one_keeps_next_to_nothing() -> None:
    assert reference.limit(1 - 1e-12) == 2**32 - 1
    assert reference.limit(0.25) == 2**30


def test_a_seed_is_drawn_from_torchs_generator() -> None:
    torch.manual_seed(0)
    seeds = {reference.draw_seed() for _ in range(100)}
    torch.manual_seed(0)

    assert reference.draw_seed() in seeds
    assert len(seeds) == 100
    assert min(seeds) < 0 < max(seeds)
