"""Made-up episodes of frames, as large as those of a game and as easily packed."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from decision_mamba.episode import Episode

ACTIONS = 4
_SIDE = 84  # pixels
_BALL = 4


def episodes(steps: int, *, length: int = 2_000, seed: int = 0) -> Iterator[Episode]:
    """Episodes of so many steps in all: a wall that stays and a ball that wanders."""
    generator = np.random.default_rng(seed)
    wall = generator.integers(256, size=(_SIDE, _SIDE), dtype=np.uint8)
    wall[:, 24:] = 0
    for begun in range(0, steps, length):
        number = min(length, steps - begun)
        yield Episode(
            _frames(wall, number, generator),
            generator.integers(ACTIONS, size=number),
            (generator.random(number) < 0.02).astype(np.float32),
            terminated=True,
        )


def _frames(
    wall: UInt8[ndarray, "height width"], number: int, generator: np.random.Generator
) -> UInt8[ndarray, "t height width"]:
    frames = np.repeat(wall[None], number, axis=0)
    places = generator.integers(_SIDE - _BALL, size=(number, 2))
    for frame, (row, column) in zip(frames, places, strict=True):
        frame[row : row + _BALL, column : column + _BALL] = 200
    return frames
