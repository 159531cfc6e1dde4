"""What a card lies on: a desk, wood, cloth, paper, or a hand that holds it. All drawn, small first and then enlarged."""

from __future__ import annotations

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_sim.pictures.cards.pose import HIGH_PX, WIDE_PX, Pose

Picture = NDArray[np.float32]
SHARE = 2  # scenes are drawn this much smaller
SCENES = ("desk", "wood", "cloth", "paper", "hand")
WOODS = ((60, 95, 140), (45, 70, 105), (90, 130, 170), (35, 50, 75))
CLOTHS = ((110, 70, 50), (60, 60, 70), (70, 80, 130), (80, 110, 90), (160, 160, 165))
DESKS = ((95, 95, 98), (60, 62, 66), (120, 112, 100), (140, 130, 128), (70, 85, 110))
SKIN = ((122, 158, 205), (105, 140, 190), (140, 172, 215))


def scene(name: str, pose: Pose, rng: random.Random) -> Picture:
    """A background of the picture's size: blue, green, red, 0 to 255."""
    wide, high = WIDE_PX // SHARE, HIGH_PX // SHARE
    drawn = {"desk": _desk, "wood": _wood, "cloth": _cloth, "paper": _sheet, "hand": _desk}[name](wide, high, rng)
    picture: Picture = np.asarray(cv2.resize(drawn, (WIDE_PX, HIGH_PX)), np.float32)
    if name == "hand":
        _hand(picture, pose, rng)
    return picture


def _clouds(wide: int, high: int, grain: tuple[int, int], rng: random.Random) -> Picture:
    """Soft noise of -1 to 1 with about `grain` cells across and down."""
    cells = np.random.default_rng(rng.getrandbits(64)).uniform(-1, 1, (grain[1], grain[0])).astype(np.float32)
    return np.asarray(cv2.resize(cells, (wide, high), interpolation=cv2.INTER_CUBIC), np.float32)


def _base(colour: tuple[int, int, int], share: Picture) -> Picture:
    return np.asarray(np.array(colour, np.float32) * (1 + share)[:, :, None], np.float32)


def _desk(wide: int, high: int, rng: random.Random) -> Picture:
    return _base(
        rng.choice(DESKS), 0.06 * _clouds(wide, high, (5, 4), rng) + 0.03 * _clouds(wide, high, (160, 120), rng)
    )


def _wood(wide: int, high: int, rng: random.Random) -> Picture:
    across = np.arange(wide, dtype=np.float32)[None, :] / wide
    down = np.arange(high, dtype=np.float32)[:, None] / high
    bent = down * rng.uniform(14, 30) + 1.6 * _clouds(wide, high, (4, 5), rng) + across
    grain = 0.10 * np.sin(6.3 * bent) + 0.05 * np.sin(23 * bent) + 0.06 * _clouds(wide, high, (12, 200), rng)
    for board in range(1, rng.randint(2, 4)):
        grain = np.where(np.abs(down - board / 3.7) < 0.003, np.float32(-0.4), grain)
    turned = np.asarray(grain, np.float32)
    return _base(rng.choice(WOODS), turned)


def _cloth(wide: int, high: int, rng: random.Random) -> Picture:
    step = rng.uniform(1.2, 2.4)
    threads = (
        np.sin(step * np.arange(wide, dtype=np.float32))[None, :]
        * np.sin(step * np.arange(high, dtype=np.float32))[:, None]
    )
    folds = 0.16 * _clouds(wide, high, (6, 4), rng)
    return _base(rng.choice(CLOTHS), np.asarray(0.09 * threads + folds, np.float32))


def _sheet(wide: int, high: int, rng: random.Random) -> Picture:
    """A printed sheet: tinted, with rows of strokes that are no writing."""
    tint = rng.choice(((196, 208, 214), (178, 186, 196), (206, 200, 190)))
    sheet = _base(tint, 0.02 * _clouds(wide, high, (90, 70), rng))
    for row in range(rng.randint(8, 16), high, rng.randint(14, 22)):
        x = rng.randint(10, 60)
        while x < wide - 20:
            run = rng.randint(4, 14)
            cv2.line(sheet, (x, row), (x + run, row + rng.randint(-2, 2)), (110, 105, 105), 1, cv2.LINE_AA)
            x += run + rng.randint(3, 12)
    return sheet


def _hand(picture: Picture, pose: Pose, rng: random.Random) -> None:
    """Fingers that come from below the card on one side."""
    skin = np.array(rng.choice(SKIN), np.float32)
    first, second = rng.choice(((0, 3), (1, 2)))
    start, end = pose.corners[first], pose.corners[second]
    centre = pose.corners.mean(axis=0)
    edge = float(np.hypot(*(end - start)))
    for number in range(4):
        at = start + (end - start) * (0.2 + 0.2 * number)
        out = at - centre
        out /= np.hypot(*out)
        tip, root = at - out * edge * 0.05, at + out * edge * rng.uniform(0.6, 0.9)
        for share in (1.0, 0.75):
            colour = tuple(float(value) for value in skin * (0.82 if share == 1.0 else 1.0))
            ends = (tuple(np.round(tip).astype(int).tolist()), tuple(np.round(root).astype(int).tolist()))
            cv2.line(picture, *ends, colour, max(round(edge * 0.17 * share), 2), cv2.LINE_AA)


def thumb(picture: Picture, pose: Pose, rng: random.Random) -> None:
    """A thumb over the card's edge, where nothing is printed: not further in than 3.5 mm."""
    first, second = rng.choice(((0, 3), (1, 2)))
    start, end = pose.corners[first], pose.corners[second]
    inward = pose.corners.mean(axis=0) - (start + end) / 2
    length = float(np.hypot(*inward))
    unit = inward / length
    per_mm = length / 42.8
    tip = start + (end - start) * rng.uniform(0.35, 0.6) - unit * 4.5 * per_mm
    root = tip - unit * 30 * per_mm
    skin = np.array(rng.choice(SKIN), np.float32)
    for share, shade in ((1.0, 0.8), (0.86, 1.0)):
        colour = tuple(float(value) for value in skin * shade)
        ends = (tuple(np.round(tip).astype(int).tolist()), tuple(np.round(root).astype(int).tolist()))
        cv2.line(picture, *ends, colour, max(round(15 * per_mm * share), 2), cv2.LINE_AA)
