"""What lies below the print: fine waves of our own, a wash of two colours, for bank cards arcs and spots. No state's design."""

from __future__ import annotations

import random
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_sim.pictures.cards.ink import size_px

WASHES = {  # two colours of the paper and one of the lines: blue, green, red
    "id_front": ((250, 238, 226), (236, 232, 246), (214, 178, 158)),
    "id_back": ((246, 240, 232), (236, 228, 246), (206, 172, 176)),
    "hmt_permit_front": ((246, 244, 222), (238, 226, 214), (206, 196, 140)),
    "foreigner_front": ((234, 246, 236), (246, 236, 224), (186, 206, 160)),
}
BANK_COLOURS = (
    ((120, 60, 20), (60, 20, 10)), ((40, 30, 150), (20, 10, 70)), ((70, 70, 70), (20, 20, 20)), ((60, 110, 30), (20, 50, 10)),
    ((225, 220, 215), (190, 190, 195)), ((170, 215, 235), (120, 175, 210)), ((200, 170, 150), (235, 220, 205)),
)  # fmt: skip
LIGHT = 128  # a bank card's paper above this mean is light: dark digits


@lru_cache(maxsize=4)
def document_paper(kind: str) -> NDArray[np.uint8]:
    """The paper of an identity document, alike on every card of its kind. Do not write on it."""
    wide, high = size_px()
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    x, y = x / wide, y / wide
    first, second, line = (np.array(colour, np.float32) for colour in WASHES[kind])
    wash = 0.5 + 0.5 * np.sin(3.1 * x + 4.7 * y + 1.3 * np.sin(5 * y))
    paper = first + (second - first) * wash[:, :, None]
    for number in range(3):
        turned = x * np.cos(0.5 + number) + y * np.sin(0.5 + number)
        bent = turned + 0.035 * np.sin(9 * x + number) + 0.03 * np.sin(13 * y - 2 * number)
        wave = np.abs(np.sin((170 + 30 * number) * bent))
        paper += (line - paper) * (0.42 * np.clip(1 - wave / 0.30, 0, 1))[:, :, None]
    rosette = np.hypot((x - 0.40) * 1.1, y - 0.33)
    petals = np.abs(np.sin(150 * rosette + 3 * np.sin(12 * np.arctan2(y - 0.33, x - 0.40))))
    paper += (line - paper) * (0.30 * np.clip(1 - petals / 0.3, 0, 1) * (rosette < 0.2))[:, :, None]
    return np.asarray(np.clip(paper, 0, 255), np.uint8)


def bank_paper(rng: random.Random) -> NDArray[np.uint8]:
    """The face of a bank card: a colour run, arcs, spots; different on every card."""
    wide, high = size_px()
    first, second = (np.array(colour, np.float32) for colour in rng.choice(BANK_COLOURS))
    across = np.linspace(0, 1, wide, dtype=np.float32)[None, :]
    down = np.linspace(0, 1, high, dtype=np.float32)[:, None]
    lean = rng.uniform(0.1, 0.9)
    paper = first + (second - first) * (across * lean + down * (1 - lean))[:, :, None]
    over = paper.copy()
    for _ in range(rng.randint(2, 6)):
        middle = (rng.randint(-200, wide + 200), rng.randint(-200, high + 200))
        colour = tuple(float(value) for value in (first + second) / 2 + rng.uniform(-45, 45))
        cv2.circle(over, middle, rng.randint(100, 600), colour, rng.choice((-1, 6, 40)), cv2.LINE_AA)
    return np.asarray(np.clip(cv2.addWeighted(paper, 0.6, over, 0.4, 0), 0, 255), np.uint8)


def is_light(paper: NDArray[np.uint8]) -> bool:
    """Whether dark print stands out on it."""
    return float(paper.mean()) > LIGHT
