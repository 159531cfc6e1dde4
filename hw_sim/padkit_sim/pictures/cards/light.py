"""Light on the card, the lens, the sensor. Pictures are float, 0 to 255, before the sensor."""

from __future__ import annotations

import random
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_sim.pictures.cards.pose import HIGH_PX, WIDE_PX, Pose
from padkit_sim.pictures.cards.strengths import Strength

Picture = NDArray[np.float32]
BRIGHTEST = 300.0  # the lens spreads this much of a reflection
SMALL = 8  # light changes slowly: it is worked out this much smaller


def light_up(picture: Picture, pose: Pose, strength: Strength, rng: random.Random) -> None:
    """Uneven light, exposure, a shadow's edge, a colour cast, a soft reflection; on the picture itself."""
    wide, high = WIDE_PX // SMALL, HIGH_PX // SMALL
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    x, y = x / wide - 0.5, y / high - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    field = 1 - rng.uniform(*strength.light) * (0.5 + x * np.cos(angle) + y * np.sin(angle))
    taken = rng.uniform(*strength.shadow)
    if taken:
        side, off = rng.uniform(0, 2 * np.pi), rng.uniform(-0.25, 0.25)
        edge = x * np.cos(side) + y * np.sin(side) - off
        field *= 1 - taken / (1 + np.exp(-edge * rng.uniform(30, 120)))
    field *= rng.uniform(*strength.gain)
    cast = [1 + rng.uniform(-strength.white, strength.white) for _ in range(3)]
    whole = cv2.resize((field[:, :, None] * np.array(cast)).astype(np.float32), (WIDE_PX, HIGH_PX))
    cv2.multiply(picture, whole, dst=picture)
    added = rng.uniform(*strength.glare)
    if added:
        reflect(picture, pose, added, rng)


def reflect(picture: Picture, pose: Pose, added: float, rng: random.Random) -> None:
    """A lamp's reflection somewhere on the card, `added` grey levels at its middle, and a little of it beside the card."""
    wide, high = WIDE_PX // SMALL, HIGH_PX // SMALL
    upper = pose.corners[0] + (pose.corners[1] - pose.corners[0]) * (across := rng.uniform(0.15, 0.75))
    lower = pose.corners[3] + (pose.corners[2] - pose.corners[3]) * across
    at = (upper + (lower - upper) * rng.uniform(0.15, 0.9)) / SMALL
    span = float(np.hypot(*(pose.corners[1] - pose.corners[0]))) / SMALL
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    angle, long, short = rng.uniform(0, np.pi), span * rng.uniform(0.16, 0.30), span * rng.uniform(0.08, 0.16)
    along = (x - at[0]) * np.cos(angle) + (y - at[1]) * np.sin(angle)
    off = -(x - at[0]) * np.sin(angle) + (y - at[1]) * np.cos(angle)
    spot = added * np.exp(-((along / long) ** 2) - (off / short) ** 2)
    shine = np.full((high, wide), 0.12, np.float32)
    cv2.fillConvexPoly(shine, np.round(pose.corners / SMALL).astype(np.int32), 1.0)
    spot *= cv2.GaussianBlur(shine, (0, 0), 0.6)
    picture += of_all_colours(cv2.resize(spot.astype(np.float32), (WIDE_PX, HIGH_PX)))


def through_lens(picture: Picture, strength: Strength, rng: random.Random) -> Picture:
    """Out of focus, and moved while it was taken. Light beyond white is lost only in the sensor, after this."""
    np.minimum(picture, np.float32(BRIGHTEST), out=picture)
    blur = rng.uniform(*strength.blur_px)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur), np.float32)
    length = rng.uniform(*strength.motion_px)
    if length >= 1:
        picture = np.asarray(cv2.filter2D(picture, -1, _streak(length, rng.uniform(0, np.pi))), np.float32)
    return picture


def sensed(picture: Picture, strength: Strength, rng: random.Random) -> NDArray[np.uint8]:
    """With noise, as bytes."""
    noise = _noise()
    top, left = rng.randrange(noise.shape[0] - HIGH_PX), rng.randrange(noise.shape[1] - WIDE_PX)
    grain = noise[top : top + HIGH_PX, left : left + WIDE_PX]
    return np.asarray(
        cv2.addWeighted(picture, 1.0, grain, rng.uniform(*strength.noise), 0.0, dtype=cv2.CV_8U), np.uint8
    )


def jpeg(picture: NDArray[np.uint8], quality: int) -> bytes:
    """As the camera gives it."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return bytes(data)


def of_all_colours(field: NDArray[np.floating]) -> Picture:
    """One value a pixel as three: much faster to reckon with than to let numpy stretch it."""
    return np.asarray(cv2.merge([field, field, field]), np.float32)


@cache
def _noise() -> Picture:
    """One large sheet of noise with deviation 1; each photo takes a window of it."""
    fresh = np.random.default_rng(0).standard_normal((HIGH_PX + 400, WIDE_PX + 400, 3), dtype=np.float32)
    soft = np.asarray(cv2.GaussianBlur(fresh, (0, 0), 0.6), np.float32)
    return np.asarray(soft / soft.std(), np.float32)


def _streak(length: float, angle: float) -> Picture:
    size = int(length) // 2 * 2 + 3
    kernel = np.zeros((size, size), np.float32)
    middle, reach = size // 2, length / 2
    ends = [
        (round(16 * (middle + sign * reach * np.cos(angle))), round(16 * (middle + sign * reach * np.sin(angle))))
        for sign in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    total = float(kernel.sum())
    return np.asarray(kernel / total, np.float32)
