"""Which numbers a seed drops, in plain torch: the meaning of the operation.

The mask is a hash of the seed and of each number's place, so that whoever knows the seed can
make any part of it, in any order and again for the backward pass. A block of CHUNK numbers gets a
64-bit key of its own, the block's number mixed with the seed (SplitMix64); a number gets 32 bits,
its place in the block mixed with one half of the key, then with the other. It is kept where they
are at least p * 2^32.

Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", figure 13,
with the constants of Vigna's `splitmix64.c`; for 32 bits "lowbias32" of Wellons 2018,
"Prospecting for hash functions".
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

CHUNK = 1024

# 2^64 over the golden ratio and the two multipliers of SplitMix64, then those of lowbias32.
GOLDEN, FIRST_64, SECOND_64 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
FIRST_32, SECOND_32 = 0x7FEB352D, 0x846CA68B

_32_BITS = 0xFFFFFFFF


def draw_seed() -> int:
    """Draws a 64-bit number from torch's default generator."""
    # As a signed one, because torch's integers are: the bits are what counts.
    return int(torch.randint(-(1 << 63), (1 << 63) - 1, ()).item())


def limit(p: float) -> int:
    """The smallest 32-bit number that keeps what it belongs to."""
    return min(round(p * 2**32), _32_BITS)


def dropout(x: Float[Tensor, "*shape"], p: float, seed: int) -> Float[Tensor, "*shape"]:
    """Keeps the numbers that the seed keeps, divided by 1 - p, and zero for the others."""
    return torch.where(kept(x, p, seed), x * (1 / (1 - p)), 0.0)


def kept(x: Float[Tensor, "*shape"], p: float, seed: int) -> Bool[Tensor, "*shape"]:
    """Which numbers of an array like x stay; only the shape of x counts."""
    place = torch.arange(x.numel(), device=x.device)
    key = _mixed_64(seed + (place // CHUNK) * _signed(GOLDEN))
    bits = _mixed_32((place % CHUNK + key) & _32_BITS)
    bits = _mixed_32((bits + _shifted(key, 32)) & _32_BITS)
    return (bits >= limit(p)).view(x.shape)


# torch has signed 64-bit integers only: their products wrap around as unsigned ones do, a shift to
# the right has to be cleared of copies of the sign.
def _mixed_64(key: Tensor) -> Tensor:
    key = (key ^ _shifted(key, 30)) * _signed(FIRST_64)
    key = (key ^ _shifted(key, 27)) * _signed(SECOND_64)
    return key ^ _shifted(key, 31)


def _mixed_32(bits: Tensor) -> Tensor:
    bits = ((bits ^ (bits >> 16)) * FIRST_32) & _32_BITS
    bits = ((bits ^ (bits >> 15)) * SECOND_32) & _32_BITS
    return bits ^ (bits >> 16)


def _shifted(key: Tensor, places: int) -> Tensor:
    return (key >> places) & ((1 << (64 - places)) - 1)


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number
