"""YuNet, the detector that a site may bring: any size in, boxes and five points out. Source: its model card."""

from __future__ import annotations

import cv2
import numpy as np

from padkit_liveness.faces import Face, Floats, kept
from padkit_vision.engine import Engine
from padkit_vision.pictures import Pixels

MODEL = "yunet_n_dynamic"
LONG = 320  # the longer side of what the model sees
STRIDES = (8, 16, 32)
SCORE = 0.6


def detect(engine: Engine, pixels: Pixels) -> list[Face]:
    """Return the faces of `pixels`, the best first. Raises as `Engine.run`."""
    scale = LONG / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    high, wide = (-(-it // 32) * 32 for it in small.shape[:2])
    padded = np.zeros((high, wide, 3), np.float32)
    padded[: small.shape[0], : small.shape[1]] = small
    outputs = engine.run(MODEL, {"input": np.ascontiguousarray(padded.transpose(2, 0, 1)[None])})
    boxes, scores, points = (np.concatenate(parts) for parts in zip(*decoded(outputs, high, wide), strict=True))
    sure = scores >= SCORE
    boxes, scores, points = boxes[sure] / scale, scores[sure], points[sure] / scale
    return [_face(boxes[at], float(scores[at]), points[at]) for at in kept(boxes, scores)]


def decoded(outputs: list[np.ndarray], high: int, wide: int) -> list[tuple[Floats, Floats, Floats]]:
    """Boxes, scores and points of each stride, in pixels of the model's picture (`high` x `wide`, multiples of 32)."""
    found = []
    for at, stride in enumerate(STRIDES):
        shape = (high // stride, wide // stride)
        row, col = (it.reshape(-1, 1) for it in np.mgrid[0 : shape[0], 0 : shape[1]])
        classes, there, box, points = (outputs[at + 3 * kind][0].astype(np.float64) for kind in range(4))
        scores = np.sqrt(np.clip(classes[:, 0], 0, 1) * np.clip(there[:, 0], 0, 1))
        size = np.exp(np.clip(box[:, 2:], -10, 10)) * stride
        centre = (np.concatenate((col, row), axis=1) + box[:, :2]) * stride
        places = (points.reshape(-1, 5, 2) + np.stack((col, row), axis=2)) * stride
        found.append((np.concatenate((centre - size / 2, size), axis=1), scores, places))
    return found


def _face(box: Floats, score: float, points: Floats) -> Face:
    right_eye, left_eye, nose = ((float(x), float(y)) for x, y in points[:3])
    middle = points[3:].mean(axis=0)
    left, top, width, height = (float(it) for it in box)
    return Face(left, top, width, height, score, right_eye, left_eye, nose, (float(middle[0]), float(middle[1])))
