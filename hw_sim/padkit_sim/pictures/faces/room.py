"""A room behind the person: a wall with light from one side and a few things out of focus."""

from __future__ import annotations

import random

import cv2
import numpy as np

from padkit_sim.pictures.faces.pixels import Pixels, floats, shown
from padkit_sim.pictures.faces.pose import HIGH, WIDE


def room(rng: random.Random) -> Pixels:
    """480 x 640 pixels, blue, green, red."""
    wall = rng.uniform(125, 195) + floats([rng.uniform(-16, 12) for _ in range(3)])
    light = np.linspace(rng.uniform(0.75, 1.1), rng.uniform(0.75, 1.1), WIDE, dtype=np.float32)[None, :, None]
    picture = np.ones((HIGH, WIDE, 3), np.float32) * wall * light
    for _ in range(rng.randint(2, 5)):
        left, top = rng.randint(-60, WIDE - 40), rng.randint(-60, HIGH - 60)
        right, bottom = left + rng.randint(50, 190), top + rng.randint(60, 300)
        shade = rng.uniform(60, 195)
        colour = [shade + rng.uniform(-45, 45) for _ in range(3)]
        cv2.rectangle(picture, (left, top), (right, bottom), colour, -1)
        if rng.random() < 0.5:
            cv2.rectangle(picture, (left + 8, top + 8), (right - 8, bottom - 8), [part * 0.8 for part in colour], -1)
    return shown(cv2.GaussianBlur(picture, (0, 0), rng.uniform(3, 6)))
