"""Arrays of pixels: blue, green, red, 0 to 255."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

cv2.setNumThreads(1)  # pictures are small, and the kit under test needs the other cores

Pixels = np.ndarray[Any, np.dtype[Any]]


def floats(numbers: Sequence[object]) -> Pixels:
    """Numbers, or rows of them, as 32-bit floats."""
    return np.asarray(numbers, dtype=np.float32)


def shown(light: Pixels) -> Pixels:
    """Light as 8-bit pixels; too much is white."""
    return np.asarray(np.clip(light, 0, 255).astype(np.uint8))
