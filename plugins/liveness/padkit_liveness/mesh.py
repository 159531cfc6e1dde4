"""The face mesh: 468 points of one face, and what they say of turning, nodding and opening the mouth. Source: its model card."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from padkit_liveness.faces import Face, Floats
from padkit_vision.engine import Engine
from padkit_vision.pictures import Pixels

MODEL = "face_landmark_468"
SIDE = 192
GROWN = 1.5  # side of the crop, of the longer side of the face's box
PRESENT = 0.5
FED = np.arange(256, dtype=np.float32) / np.float32(255)  # what the model sees of a pixel

NOSE, UNDER_NOSE, FOREHEAD, CHIN = 1, 2, 10, 152
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
RIGHT_EYE, LEFT_EYE = (33, 133), (263, 362)  # outer and inner corner
LIP_ABOVE, LIP_BELOW, MOUTH_RIGHT, MOUTH_LEFT = 13, 14, 78, 308


@dataclass(frozen=True, slots=True)
class Mesh:
    """468 x 3 `points` in pixels of the picture (z: about the same scale, less is nearer); `presence` is 0 to 1."""

    points: Floats
    presence: float


@dataclass(frozen=True, slots=True)
class Ratios:
    """What a person's own neutral pose is compared with; ratios of lengths within one face, without a unit.

    `yaw` grows as the person turns to his own left, `pitch` as he nods down, `mouth` as he opens it.
    """

    yaw: float
    pitch: float
    mouth: float


def find_mesh(engine: Engine, pixels: Pixels, face: Face) -> Mesh:
    """Return the mesh of `face`. Raises as `Engine.run`."""
    (rx, ry), (lx, ly) = face.right_eye, face.left_eye
    lean = np.arctan2(ly - ry, lx - rx)
    grow = SIDE / (GROWN * max(face.width, face.height, 1.0))
    cos, sin = grow * np.cos(lean), grow * np.sin(lean)
    x, y = face.centre
    onto = np.array([[cos, sin, SIDE / 2 - cos * x - sin * y], [-sin, cos, SIDE / 2 + sin * x - cos * y]])
    crop = cv2.warpAffine(pixels, onto, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    fed = cv2.LUT(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB), FED)
    flat, logit = engine.run(MODEL, {"input_1": fed[None]})
    points = flat.reshape(468, 3).astype(np.float64)
    back = cv2.invertAffineTransform(onto)
    points[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
    points[:, 2] /= grow
    presence = 1 / (1 + np.exp(-np.clip(float(logit.reshape(-1)[0]), -80, 80)))
    return Mesh(points, float(presence))


def ratios(mesh: Mesh) -> Ratios:
    """Measure the mesh along the face's own axes: a head that leans to the side says nothing else than a straight one."""
    points = mesh.points[:, :2]
    right, left = points[list(RIGHT_EYE)].mean(axis=0), points[list(LEFT_EYE)].mean(axis=0)
    across = (left - right) / max(float(np.hypot(*(left - right))), 1e-6)
    down = np.array([-across[1], across[0]])
    eyes = (right + left) / 2
    cheeks = points[[RIGHT_CHEEK, LEFT_CHEEK]] @ across
    wide = max(float(cheeks[1] - cheeks[0]), 1e-6)
    yaw = 2 * (float(points[NOSE] @ across) - float(cheeks.mean())) / wide
    high = max(float((points[LIP_ABOVE] - eyes) @ down), 1e-6)
    pitch = float((points[NOSE] - eyes) @ down) / high
    lips = float(np.hypot(*(points[LIP_BELOW] - points[LIP_ABOVE])))
    mouth = lips / max(float(np.hypot(*(points[MOUTH_LEFT] - points[MOUTH_RIGHT]))), 1e-6)
    return Ratios(yaw, pitch, mouth)
