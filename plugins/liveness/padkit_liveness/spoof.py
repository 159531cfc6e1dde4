"""The two MiniFASNets that a site may bring: how alive one frame looks. Source: their model card."""

from __future__ import annotations

import cv2
import numpy as np

from padkit_liveness.faces import Face
from padkit_vision.engine import Engine
from padkit_vision.pictures import Pixels

MODELS = {"MiniFASNetV2_2.7_80x80": 2.7, "MiniFASNetV1SE_4.0_80x80": 4.0}  # with how far the box is grown
SIDE = 80
LIVE = 1  # the class


def available(engine: Engine) -> bool:
    """Both or nothing: one alone passes fakes that the other refuses."""
    return all(engine.has(name) for name in MODELS)


def liveness(engine: Engine, pixels: Pixels, face: Face) -> float:
    """The mean of both live probabilities, 0 to 1. Raises as `Engine.run`."""
    return float(np.mean([_one(engine, name, grown, pixels, face) for name, grown in MODELS.items()]))


def cropped(pixels: Pixels, face: Face, grown: float) -> Pixels:
    """The face with what is around it: its box grown `grown` times as far as the picture goes, 80 x 80."""
    high, wide = pixels.shape[:2]
    grow = min((high - 1) / max(face.height, 1), (wide - 1) / max(face.width, 1), grown)
    width, height = face.width * grow, face.height * grow
    left = int(np.clip(face.centre[0] - width / 2, 0, max(0, wide - 1 - width)))
    top = int(np.clip(face.centre[1] - height / 2, 0, max(0, high - 1 - height)))
    crop = pixels[top : top + max(1, int(height)) + 1, left : left + max(1, int(width)) + 1]
    return np.asarray(cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _one(engine: Engine, name: str, grown: float, pixels: Pixels, face: Face) -> float:
    small = cropped(pixels, face, grown)
    (logits,) = engine.run(name, {"input": np.ascontiguousarray(small.transpose(2, 0, 1)[None]).astype(np.float32)})
    parts = np.exp(logits[0].astype(np.float64) - logits.max())
    return float(parts[LIVE] / parts.sum())
