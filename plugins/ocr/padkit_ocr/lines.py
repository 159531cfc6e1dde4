"""Where the lines of text are, for pictures whose layout did not hold. What they say and mean is known elsewhere.

The detector gives a share of text for each pixel (differentiable binarisation: shrunken lines); a line is a connected
patch of it, as its least rectangle, grown back to the size it was shrunk from.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_vision.engine import Engine

MODEL = "PP-OCRv5_det_mobile"
LONG_SIDE = 640  # pixels of the long side that the detector sees
STEP = 32  # its sides are multiples of it
TEXT = 0.3  # a pixel's share from which it counts as text
LINE = 0.5  # the mean share of a line
GROWTH = 1.6  # of a shrunken line: area times this over its outline
LEAST_SIDE = 3.0  # in pixels of what the detector sees
MOST_LINES = 60  # a picture with more is no card
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
SPREAD = np.array([0.229, 0.224, 0.225], np.float32)

Pixels = NDArray[np.uint8]
Quad = NDArray[np.float32]
"""Four corners, 4 x 2, clockwise from the top left of the text, as it reads when it stands upright or leans by less than 45°."""


def find_lines(engine: Engine, pixels: Pixels, *, long_side: int = LONG_SIDE) -> list[Quad]:
    """Find the lines in `pixels`, from top to bottom, at most `MOST_LINES`. Raises as `Engine.run`."""
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    size = (_whole(width * scale), _whole(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    feed = ((small.astype(np.float32) / 255.0 - MEAN) / SPREAD).transpose(2, 0, 1)[None]
    shares = engine.run(MODEL, {"x": np.ascontiguousarray(feed)})[0][0, 0].astype(np.float32, copy=False)
    back = np.array([width / size[0], height / size[1]], np.float32)
    found = [quad * back for quad in _patches(shares)]
    return sorted(found, key=lambda quad: (float(quad[:, 1].mean()), float(quad[:, 0].mean())))


def crop_line(pixels: Pixels, quad: Quad) -> Pixels:
    """Cut the line out, straight, as high as it stands in the picture."""
    wide = max(2, round(float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2))
    high = max(2, round(float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2))
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(quad, target)
    cut = cv2.warpPerspective(pixels, turn, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _whole(side: float) -> int:
    return max(STEP, round(side / STEP) * STEP)


def _patches(shares: NDArray[np.float32]) -> list[Quad]:
    outlines, _ = cv2.findContours((shares > TEXT).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found: list[Quad] = []
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:MOST_LINES]:
        centre, (wide, high), angle = cv2.minAreaRect(outline)
        if min(wide, high) < LEAST_SIDE or _mean_inside(shares, outline) < LINE:
            continue
        grown = (
            GROWTH * wide * high / (wide + high)
        )  # twice the offset: area times GROWTH over the outline, on both sides
        found.append(_clockwise(np.asarray(cv2.boxPoints((centre, (wide + grown, high + grown), angle)), np.float32)))
    return found


def _mean_inside(shares: NDArray[np.float32], outline: cv2.typing.MatLike) -> float:
    x, y, wide, high = cv2.boundingRect(outline)
    mask = np.zeros((high, wide), np.uint8)
    cv2.drawContours(mask, [outline - (x, y)], -1, 1, cv2.FILLED)
    return float(cv2.mean(shares[y : y + high, x : x + wide], mask)[0])


def _clockwise(corners: NDArray[np.float32]) -> Quad:
    """Begin at the top left: the two left corners are those with the least x, or the pair that leans least."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)
