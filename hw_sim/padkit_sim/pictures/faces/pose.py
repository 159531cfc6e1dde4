"""A head in front of the camera: its turn, nod and place, and which point of the flat pictures each pixel shows.

The head is a smooth relief (a rounded front, a nose) turned about a point between the ears; the shoulders stay. Left and
right are the person's own: a turn to the left moves the nose to the picture's right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from padkit_sim.pictures.faces.head import FINER, Head
from padkit_sim.pictures.faces.pixels import Pixels

WIDE, HIGH = 640, 480  # of a frame
FACE_WIDE = 94.0  # pixels of the source that a face detector calls the face
MIDDLE_X, MIDDLE_Y = 204.0, 128.0  # of the face in the source
PIVOT_X, PIVOT_Y, PIVOT_DEEP = 204.0, 128.0, -45.0  # between the ears
NODDING = 0.6  # of the sideways roundness counts for a nod: all of it makes a mask of the eyes
COARSE = 4  # the map is made for every fourth pixel and filled in between
ROUNDS = 8  # of finding the point that moves to a pixel


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in degrees: `left` turns to the person's left, `down` nods, `tilt` leans to the picture's right.

    `open_px` moves the lower lip (see `Head.colours`). `x`, `y` are where the face's middle stands in the frame, in pixels,
    `face_px` how wide the face is there.
    """

    left: float = 0.0
    down: float = 0.0
    tilt: float = 0.0
    open_px: float = 0.0
    x: float = 320.0
    y: float = 235.0
    face_px: float = 190.0


def look(head: Head, pose: Pose) -> tuple[Pixels, Pixels, Pixels]:
    """Colours (480, 640, 3), and how much of each pixel is the person and is skin (480, 640, floats 0 to 1)."""
    x, y = _source_points(head, pose)
    x = cv2.resize(x, (WIDE, HIGH), interpolation=cv2.INTER_LINEAR) * FINER
    y = cv2.resize(y, (WIDE, HIGH), interpolation=cv2.INTER_LINEAR) * FINER
    colours = cv2.remap(head.colours(pose.open_px), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    matte = cv2.remap(head.matte, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    skin = cv2.remap(head.skin, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(colours), matte.astype(np.float32) / 255, np.asarray(skin)


def _source_points(head: Head, pose: Pose) -> tuple[Pixels, Pixels]:
    """For every `COARSE`-th pixel, the point of the source picture it shows."""
    v, u = np.mgrid[0 : HIGH // COARSE, 0 : WIDE // COARSE].astype(np.float32) * COARSE + (COARSE - 1) / 2
    grow = FACE_WIDE / pose.face_px
    turn = np.deg2rad(pose.tilt)
    aside, below = (u - pose.x) * grow, (v - pose.y) * grow
    to_x = MIDDLE_X + aside * np.cos(turn) + below * np.sin(turn)
    to_y = MIDDLE_Y - aside * np.sin(turn) + below * np.cos(turn)
    move_x, move_y = _moves(head, pose)
    x, y = to_x.astype(np.float32), to_y.astype(np.float32)
    for _ in range(ROUNDS):
        by_x = cv2.remap(move_x, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        by_y = cv2.remap(move_y, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        x, y = (to_x - by_x).astype(np.float32), (to_y - by_y).astype(np.float32)
    pull_x = cv2.remap(head.pull_x, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    pull_y = cv2.remap(head.pull_y, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return x + pull_x, y + pull_y


def _moves(head: Head, pose: Pose) -> tuple[Pixels, Pixels]:
    """How far each point of the source moves when the head turns and nods; nothing at the shoulders."""
    deep, back, firm, x, y = _relief(head.high, head.wide)
    left, down = np.deg2rad(pose.left), np.deg2rad(pose.down)
    by_x = (x - PIVOT_X) * (np.cos(left) - 1) + (deep - back - PIVOT_DEEP) * np.sin(left)
    by_y = (y - PIVOT_Y) * (np.cos(down) - 1) + (deep - NODDING * back - PIVOT_DEEP) * np.sin(down)
    return (by_x * firm).astype(np.float32), (by_y * firm).astype(np.float32)


@lru_cache(maxsize=2)
def _relief(high: int, wide: int) -> tuple[Pixels, Pixels, Pixels, Pixels, Pixels]:
    """For every point of the source: how near the camera it is, less how far it lies back at the side; how much it moves
    with the head; x and y."""
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    away = np.minimum(np.abs(x - PIVOT_X), 58.0)
    back = 28 * (1 - np.cos(np.pi * away / 58))
    deep = 15 - 25 * np.minimum(((y - 108) / 85) ** 2, 1.2)
    deep += 13 * np.exp(-(((x - 204) / 9) ** 2) - ((y - 130) / 11) ** 2)  # the nose's tip
    deep += 5 * np.exp(-(((x - 204) / 7) ** 2) - ((y - 112) / 14) ** 2)  # its bridge
    from_middle = np.hypot((x - 204) / 85, (y - 95) / 92)
    firm = np.clip((1.32 - from_middle) / 0.34, 0, 1)
    return deep, back, firm * firm * (3 - 2 * firm), x, y
