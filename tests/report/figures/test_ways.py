"""Every episode's way has its place in the picture."""

import io

import imageio.v3 as imageio
import numpy as np
import pytest

from decision_mamba.report.figures.ways import draw_ways


@pytest.mark.parametrize(("height", "width"), [(144, 144), (48, 640)])
def test_every_way_is_there(height: int, width: int) -> None:
    # Each in a colour of its own, that no text has.
    ways = [np.full((height, width, 3), (20 * i, 255, 7), np.uint8) for i in range(12)]

    drawn = imageio.imread(io.BytesIO(draw_ways(ways, [float(i) for i in range(12)], "darkroom")))

    colours = {tuple(int(part) for part in pixel) for pixel in drawn.reshape(-1, 4)[:, :3]}
    assert {(20 * i, 255, 7) for i in range(12)} <= colours


def test_one_episode_is_enough() -> None:
    assert draw_ways([np.zeros((16, 16, 3), np.uint8)], [1.0], "one").startswith(b"\x89PNG")
