"""A drawn neutral portrait: nobody. Shoulders, neck, face, hair, features; colours and proportions by chance."""

from __future__ import annotations

import random

import cv2
import numpy as np
from numpy.typing import NDArray

SKINS = ((168, 196, 232), (150, 182, 222), (140, 168, 206), (186, 206, 236))
CLOTHES = ((60, 50, 45), (120, 80, 50), (60, 60, 110), (90, 110, 80), (150, 150, 155))


def drawn(wide_px: int, high_px: int, rng: random.Random, *, woman: bool) -> NDArray[np.uint8]:
    """A portrait of that size on a pale ground: blue, green, red."""
    picture = np.full((high_px, wide_px, 3), rng.choice((246, 238, 232)), np.uint8)
    unit = high_px / 100
    middle = wide_px / 2 + rng.uniform(-1, 1) * unit
    skin = tuple(value + rng.randint(-8, 8) for value in rng.choice(SKINS))
    shade = tuple(round(value * 0.86) for value in skin)
    hair = tuple(rng.randint(18, 45) for _ in range(3))
    face_wide, face_high = rng.uniform(17.5, 20.5), rng.uniform(24, 27)

    def blob(x: float, y: float, across: float, down: float, colour: tuple[int, ...], angle: float = 0.0) -> None:
        at = (round(middle + x * unit), round(y * unit))
        axes = (max(round(across * unit), 1), max(round(down * unit), 1))
        cv2.ellipse(picture, at, axes, angle, 0, 360, colour, -1, cv2.LINE_AA)

    if woman:
        blob(0, 50, face_wide + 6, face_high + 14, hair)
    blob(0, 108, 38, 26, rng.choice(CLOTHES))
    blob(0, 78, 9, 13, shade)
    blob(0, 33, face_wide + 2, face_high * 0.85, hair)
    blob(0, 46, face_wide, face_high, skin)
    blob(0, 23, face_wide * 0.98, rng.uniform(9, 12), hair)
    for side in (-1, 1):
        blob(side * (face_wide + 0.3), 47, 2.2, 4.5, shade)
        blob(side * 8, 45, 3.4, 1.6, (245, 245, 245))
        blob(side * 8, 45, 1.6, 1.6, (30, 30, 40))
        blob(side * 8, 40, 4.6, 0.9, hair, side * rng.uniform(-6, 8))
    blob(0, 54, 2.6, 1.6, shade)
    blob(0, 61, rng.uniform(5, 6.5), 1.3, (120, 120, 190))
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.5 * unit), np.uint8)


def fitted(picture: NDArray[np.uint8], wide_px: int, high_px: int) -> NDArray[np.uint8]:
    """A given portrait cut about its middle to the shape, and brought to the size."""
    high, wide = picture.shape[:2]
    share = min(wide / wide_px, high / high_px)
    cut_wide, cut_high = round(wide_px * share), round(high_px * share)
    left, top = (wide - cut_wide) // 2, (high - cut_high) // 2
    inner = picture[top : top + cut_high, left : left + cut_wide]
    return np.asarray(cv2.resize(inner, (wide_px, high_px), interpolation=cv2.INTER_AREA), np.uint8)
