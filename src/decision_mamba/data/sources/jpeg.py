"""Frames that were packed as JPEG files."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from decision_mamba.errors import BadInput, MissingExtra

try:
    import cv2
except ImportError as error:
    raise MissingExtra("frames in JPEG", "opencv-python-headless", "atari") from error


def unpacked(
    files: Iterable[ndarray],
) -> UInt8[ndarray, "t height width"] | UInt8[ndarray, "t height width 3"]:
    """The frame of each file, grey or, blue first, in colour.

    Args:
        files: bytes of each; what stands behind a file's end is left alone.

    Raises:
        BadInput: one is no JPEG file.
    """
    frames = []
    for step, file in enumerate(files):
        frame = cv2.imdecode(np.asarray(file), cv2.IMREAD_UNCHANGED)
        if frame is None:
            raise BadInput(f"frame {step} of an episode is no JPEG file; fetch the data again")
        frames.append(frame)
    return np.stack(frames)
