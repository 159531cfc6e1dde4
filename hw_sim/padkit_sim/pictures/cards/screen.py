"""A card that is not there: a photo of a screen that shows one, and a black-and-white copy on paper."""

from __future__ import annotations

import math
import random

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_sim.pictures.cards.pose import HIGH_PX, WIDE_PX

Picture = NDArray[np.float32]
TURN = 2 * math.pi


def behind_glass(picture: Picture, rng: random.Random) -> Picture:
    """The whole scene as a camera sees it on a screen: blue cast, dots, moiré that bends, a dark band, a black floor."""
    y, x = np.mgrid[0:HIGH_PX, 0:WIDE_PX].astype(np.float32)
    angle, bend = rng.uniform(-0.25, 0.25), rng.uniform(0.5, 2.0)
    bent_x = x * math.cos(angle) + y * math.sin(angle) + bend * 12 * np.sin(y / 340)
    bent_y = -x * math.sin(angle) + y * math.cos(angle) + bend * 12 * np.sin(x / 410)
    shown = 12 + 0.9 * picture * np.array([1.12, 1.0, 0.92], np.float32)
    fine, coarse, broad = rng.uniform(2.6, 3.6), rng.uniform(7, 14), rng.uniform(28, 60)
    rows = 0.08 * np.sin(bent_y * (TURN / fine))
    cross = 0.12 * np.sin(bent_y * (TURN / (coarse * 1.7)))
    for colour in range(3):
        shift = colour * rng.uniform(0.7, 1.1)
        dots = 0.10 * np.sin(bent_x * (TURN / fine) + shift) + rows
        beats = np.sin(bent_x * (TURN / coarse) + shift) * cross
        bands = 0.07 * np.sin((bent_x + 0.6 * bent_y) * (TURN / broad) + 2 * shift)
        shown[:, :, colour] *= 1 + dots + beats + bands
    band = 1 - 0.12 * np.exp(-(((y - rng.uniform(0, HIGH_PX)) / 90) ** 2))
    return np.asarray(shown * band[:, :, None], np.float32)


def copied(card: NDArray[np.uint8], rng: random.Random) -> NDArray[np.uint8]:
    """The card as a copier gives it: grey, hard contrast, specks, a thin dark line where its edge was."""
    grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY).astype(np.float32)
    middle = float(np.median(grey))
    hard = 215 + (grey - middle) * rng.uniform(1.3, 1.8) if middle > 128 else 150 + (grey - middle) * 1.2
    specks = np.random.default_rng(rng.getrandbits(64)).standard_normal(grey.shape, dtype=np.float32)
    hard += 6 * specks - 60 * (specks > 3.6)
    done = np.clip(hard, 20, 236).astype(np.uint8)
    cv2.rectangle(done, (0, 0), (done.shape[1] - 1, done.shape[0] - 1), 120, 3)
    return np.asarray(cv2.cvtColor(done, cv2.COLOR_GRAY2BGR), np.uint8)


def copier_paper(rng: random.Random) -> Picture:
    """A white sheet."""
    white = rng.uniform(222, 236)
    return np.full((HIGH_PX, WIDE_PX, 3), white, np.float32)
