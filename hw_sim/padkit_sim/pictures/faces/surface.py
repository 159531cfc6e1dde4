"""A flat thing held before the camera: where its picture lands in the frame when a hand moves it in space."""

from __future__ import annotations

import random

import cv2
import numpy as np

from padkit_sim.pictures.faces.acting import Actor
from padkit_sim.pictures.faces.pixels import Pixels, floats
from padkit_sim.pictures.faces.plan import Step
from padkit_sim.pictures.faces.pose import HIGH, WIDE, Pose

FOCUS_PX = 900.0
SHAKE = 2.2  # a hand moves more than a head at rest
CLOSE, APART = (1.22, 1.34), (0.88, 0.96)  # size of the picture with its edge out of view, and in view
FACE_X, FACE_Y = 320.0, 238.0  # about where the face's middle is in the picture that is held


class Hand:
    """Holds a picture of 640 x 480; a clever hand turns and tilts it when the person is asked to move."""

    def __init__(self, rng: random.Random, *, close: bool) -> None:
        self._rest = Pose(x=rng.uniform(308, 332), y=rng.uniform(232, 242), tilt=rng.uniform(-3, 3))
        self._actor = Actor(rng, self._rest)
        self._size = rng.uniform(*(CLOSE if close else APART))
        self._clever = rng.random() < 0.5

    def tell(self, step: Step, at_s: float) -> None:
        if self._clever:
            self._actor.tell(step, at_s)

    def onto_frame(self, at_s: float) -> Pixels:
        """3 x 3: from the picture's pixels to the frame's."""
        pose, rest = self._actor.pose(at_s), self._rest
        turn, _ = cv2.Rodrigues(floats([np.deg2rad(pose.down * SHAKE / 2), np.deg2rad(pose.left), 0]))
        lean, _ = cv2.Rodrigues(floats([0, 0, np.deg2rad(rest.tilt + (pose.tilt - rest.tilt) * SHAKE)]))
        turned = lean @ turn
        size = self._size * (1 + (pose.face_px / rest.face_px - 1) * SHAKE)
        centred = floats([[1, 0, -FACE_X], [0, 1, -FACE_Y], [0, 0, 1]])
        in_space = np.column_stack((turned[:, 0] * size, turned[:, 1] * size, [0, 0, FOCUS_PX]))
        x, y = (at + (now - at) * SHAKE for at, now in ((rest.x, pose.x), (rest.y, pose.y)))
        onto = floats([[FOCUS_PX, 0, x], [0, FOCUS_PX, y], [0, 0, 1]])
        return np.asarray(onto @ in_space @ centred)


def laid(
    picture: Pixels, onto: Pixels, *, scale: float = 1.0, shift: tuple[float, float] = (0, 0)
) -> tuple[Pixels, Pixels]:
    """The frame with `picture` on it, and how much of each pixel it covers.

    `scale` is how many of its pixels make one of the held picture's, `shift` where that one's corner lies in it.
    """
    down = floats([[1 / scale, 0, -shift[0] / scale], [0, 1 / scale, -shift[1] / scale], [0, 0, 1]])
    matrix = onto @ down
    cover = np.full(picture.shape[:2], 255, np.uint8)
    return (
        np.asarray(cv2.warpPerspective(picture, matrix, (WIDE, HIGH), flags=cv2.INTER_LINEAR)),
        cv2.warpPerspective(cover, matrix, (WIDE, HIGH), flags=cv2.INTER_LINEAR).astype(np.float32) / 255,
    )
