"""Frames come out of their JPEG files."""

import cv2
import numpy as np
import pytest

from decision_mamba.data.sources.jpeg import unpacked
from decision_mamba.errors import BadInput


def test_a_frame_of_one_shade_comes_back_and_what_fills_its_file_up_is_left_alone() -> None:
    shade = np.full((8, 16), 77, np.uint8)
    file = cv2.imencode(".jpg", shade)[1].ravel()

    frames = unpacked([file, np.concatenate([file, np.zeros(9, np.uint8)])])

    np.testing.assert_array_equal(frames, [shade, shade])


def test_what_is_no_jpeg_is_told() -> None:
    file = cv2.imencode(".jpg", np.zeros((8, 8), np.uint8))[1].ravel()

    with pytest.raises(BadInput, match="frame 1 of an episode is no JPEG file"):
        unpacked([file, np.arange(30, dtype=np.uint8)])
