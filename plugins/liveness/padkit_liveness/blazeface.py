"""BlazeFace, the shipped face detector: 128 x 128 in, boxes and six points out. Source: its model card."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from padkit_liveness.faces import Face, Floats, kept
from padkit_vision.engine import Engine
from padkit_vision.pictures import Pixels

MODEL = "face_detection_short_range"
SIDE = 128
GRIDS = ((16, 2), (8, 6))  # cells along a side, anchors in each
SCORE = 0.5
CLIP = 80.0  # of the logit, so that the exponential stays finite


def detect(engine: Engine, pixels: Pixels) -> list[Face]:
    """Return the faces of `pixels`, the best first. Raises as `Engine.run`."""
    high, wide = pixels.shape[:2]
    side = max(high, wide)
    scale = SIDE / side
    small = cv2.resize(pixels, (max(1, round(wide * scale)), max(1, round(high * scale))), interpolation=cv2.INTER_AREA)
    top, left = (SIDE - small.shape[0]) // 2, (SIDE - small.shape[1]) // 2
    square = np.zeros((1, SIDE, SIDE, 3), np.float32)
    square[0, top : top + small.shape[0], left : left + small.shape[1]] = small[:, :, ::-1]
    inside = square[:, top : top + small.shape[0], left : left + small.shape[1]]
    inside /= 127.5
    square -= 1.0
    regressors, logits = engine.run(MODEL, {"input": square})
    scores = 1 / (1 + np.exp(-np.clip(logits[0, :, 0].astype(np.float64), -CLIP, CLIP)))
    sure = scores >= SCORE
    points = regressors[0, sure].reshape(-1, 8, 2).astype(np.float64)
    points[:, [0, 2, 3, 4, 5, 6, 7]] += anchors()[sure][:, None] * SIDE
    points = points / SIDE * side
    points[:, [0, 2, 3, 4, 5, 6, 7]] -= np.array([left, top]) / scale
    boxes = np.concatenate((points[:, 0] - points[:, 1] / 2, points[:, 1]), axis=1)
    stay = kept(boxes, scores[sure])
    return [_face(boxes[at], float(scores[sure][at]), points[at, 2:]) for at in stay]


@lru_cache(maxsize=1)
def anchors() -> Floats:
    """The 896 centres, 0 to 1 of the square's side, x and y."""
    found = []
    for cells, each in GRIDS:
        y, x = np.mgrid[0:cells, 0:cells]
        centres = np.stack(((x + 0.5) / cells, (y + 0.5) / cells), axis=-1).reshape(-1, 2)
        found.append(np.repeat(centres, each, axis=0))
    return np.concatenate(found)


def _face(box: Floats, score: float, points: Floats) -> Face:
    right_eye, left_eye, nose, mouth = ((float(x), float(y)) for x, y in points[:4])
    left, top, width, height = (float(it) for it in box)
    return Face(left, top, width, height, score, right_eye, left_eye, nose, mouth)
