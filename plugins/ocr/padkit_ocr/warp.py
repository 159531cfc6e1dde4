"""A card in a photo laid flat, and points of the flat card led back into the photo."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]

WIDE_PX, HIGH_PX = 1000, 630  # of a warped card
WIDE_MM, HIGH_MM = 85.60, 53.98  # ISO/IEC 7810, ID-1
FLAT = np.array([(0, 0), (WIDE_PX, 0), (WIDE_PX, HIGH_PX), (0, HIGH_PX)], np.float32)


def warp(pixels: Pixels, corners: Corners) -> Pixels:
    """Return the card with these corners (4 x 2, clockwise, a long side first) as 630 x 1000 pixels."""
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), FLAT)
    card = cv2.warpPerspective(
        pixels, matrix, (WIDE_PX, HIGH_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(card, np.uint8)


def to_picture(points: NDArray[np.float32], corners: Corners) -> NDArray[np.float32]:
    """Return where `points` (N x 2) of the warped card lie in the picture."""
    matrix = cv2.getPerspectiveTransform(FLAT, corners.astype(np.float32))
    return np.asarray(cv2.perspectiveTransform(points.reshape(1, -1, 2).astype(np.float32), matrix)[0], np.float32)
