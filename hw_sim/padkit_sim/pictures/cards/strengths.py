"""How hard a photo is, by level, and the defects a quality gate must find. Only data; ranges are drawn from evenly.

0: a scan, flat and clean. 1: an easy photo. 2: hard but fair. 3: what a gate should mostly refuse; with troubles.
"""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Strength:
    """The ranges of one level.

    `wide`: the card's long side over the picture's width; `tilt_deg`: how far the card leans out of the picture's plane;
    `roll_deg`: rotation in it; `light`: how far brightness falls across; `gain`: exposure; `white`: colour cast; `glare`: how
    many grey levels a reflection adds at its middle; `shadow`: share of light that a shadow takes; `blur_px`: sigma;
    `motion_px`: length; `noise`: grey levels; `quality`: of the JPEG; `turned`: chance that it stands on a side or its head.
    """

    wide: Range
    tilt_deg: Range
    roll_deg: float
    light: Range
    gain: Range
    white: float
    glare: Range
    shadow: Range
    blur_px: Range
    motion_px: Range
    noise: Range
    quality: tuple[int, int]
    turned: float


LEVELS: tuple[Strength, ...] = (
    Strength(
        (0.84, 0.92), (0, 0.5), 0.4, (0, 0.02), (0.98, 1.02), 0.01, (0, 0), (0, 0),
        (0.3, 0.45), (0, 0), (0.4, 0.9), (92, 96), 0.0,
    ),
    Strength(
        (0.62, 0.80), (1, 12), 6, (0.05, 0.20), (0.88, 1.06), 0.05, (0, 18), (0, 0.12),
        (0.4, 0.75), (0, 0), (1.2, 2.6), (82, 92), 0.12,
    ),
    Strength(
        (0.52, 0.70), (6, 22), 15, (0.15, 0.38), (0.62, 1.12), 0.12, (15, 55), (0.15, 0.42),
        (0.5, 1.0), (0, 3.0), (2.5, 5.0), (62, 80), 0.25,
    ),
    Strength(
        (0.40, 0.56), (12, 32), 30, (0.3, 0.55), (0.40, 1.2), 0.2, (60, 140), (0.3, 0.6),
        (1.0, 1.8), (2, 6), (5, 11), (30, 55), 0.3,
    ),
)  # fmt: skip
TROUBLES = ("blurred", "glare", "dark", "too_small", "tilted")  # what level 3 draws from
DEFECTS = ("blurred", "glare", "dark", "too_small", "tilted", "cut_off", "screen", "copy")
BLURRED_PX: Range = (3.2, 6.0)
MOVED_PX: Range = (14, 26)
GLARE: Range = (230, 420)
DARK: Range = (0.07, 0.15)
SMALL: Range = (0.16, 0.24)
TILTED_DEG: Range = (50, 60)
CUT_SHARE: Range = (0.10, 0.28)  # of the card's width that lies outside
