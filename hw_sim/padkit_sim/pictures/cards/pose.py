"""Where the card lies in the picture: a card in space before a camera, turned, leaning, fitted into the frame. Pure geometry."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from padkit_sim.pictures.cards.layouts import HIGH_MM, WIDE_MM
from padkit_sim.pictures.cards.strengths import Strength

WIDE_PX, HIGH_PX = 1280, 960
EDGE_PX = 8  # stays free around a card that is wholly in view
DISTANCE_MM = 230.0  # of the camera
TURNS = (90, 180, 270)


@dataclass(frozen=True, slots=True)
class Pose:
    """Four corners (pixels, clockwise from the card's own upper left) and how the card stands, in degrees clockwise."""

    corners: NDArray[np.float64]
    turned: int


def posed(strength: Strength, rng: random.Random, *, cut_share: float = 0.0) -> Pose:
    """A chance pose of that strength; `cut_share` of the card's length lies beyond an edge of the picture."""
    turned = rng.choice(TURNS) if rng.random() < strength.turned else 0
    roll = np.radians(turned + rng.uniform(-strength.roll_deg, strength.roll_deg))
    lean, about = np.radians(rng.uniform(*strength.tilt_deg)), rng.uniform(0, 2 * np.pi)
    half = np.array([WIDE_MM, HIGH_MM]) / 2
    flat = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    spun = flat @ np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    axis = np.array([np.cos(about), np.sin(about)])
    across = np.array([-axis[1], axis[0]])
    along, off = spun @ axis, spun @ across
    seen = np.outer(along, axis) + np.outer(off * np.cos(lean), across)
    corners = seen / (1 + (off * np.sin(lean)) / DISTANCE_MM)[:, None]
    wide = rng.uniform(*strength.wide)
    corners *= wide * WIDE_PX / max(_sides(corners))
    room = np.array([WIDE_PX, HIGH_PX]) - 2 * EDGE_PX
    span = np.ptp(corners, axis=0)
    if not cut_share:
        corners *= min(1.0, *(room / span))
        span = np.ptp(corners, axis=0)
    corners -= corners.min(axis=0)
    free = np.maximum(room - span, 0)
    place = EDGE_PX + free * np.array([rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9)])
    if cut_share:
        place = _beyond(place, span, cut_share, rng)
    return Pose(corners + place, turned)


def _sides(corners: NDArray[np.float64]) -> list[float]:
    return [float(np.hypot(*(corners[at] - corners[at - 1]))) for at in range(4)]


def _beyond(
    place: NDArray[np.float64], span: NDArray[np.float64], share: float, rng: random.Random
) -> NDArray[np.float64]:
    """Push the card over one edge of the picture, or over a corner."""
    low, high = -share * span, np.array([WIDE_PX, HIGH_PX]) - (1 - share) * span
    over = rng.choice(("left", "right", "top", "bottom", "corner"))
    if over in ("left", "corner"):
        place[0] = low[0]
    if over in ("top", "corner"):
        place[1] = low[1]
    if over == "right":
        place[0] = high[0]
    if over == "bottom":
        place[1] = high[1]
    return place
