"""Whether a picture of a touch is good enough, and what to tell the person when it is not. Pure; no template library.

The limits were set on made-up fingers of the simulator. They are a gate against useless pictures, not a measure of
biometric performance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import mul, sub

BLOCK = 16  # pixels; somewhat less than two ridges at 500 dpi
TOUCHED_MEAN = 200  # a block darker than this, or with more spread than the next, has skin on it
TOUCHED_SPREAD = 12.0
RIDGE_SPREAD = 25.0  # of a block with ridges that can be told from valleys
LIGHT = 150  # mean grey of the touched blocks that tells dry from wet
NOTHING = 0.08  # share of touched blocks below which hardly anything lay there
CLEAR = 0.5  # share of the touched blocks that must show ridges
ENOUGH = 0.30  # share of all blocks that must show ridges
ASIDE = 0.15  # distance of their middle from the picture's, in picture widths or heights
RIDGED = 1.3  # difference over half a ridge, in differences over one pixel: noise has 1


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares are 0..1; `aside` is how far the touch is off the middle, in picture sizes; `ridged` see `RIDGED`."""

    touched: float
    ridges: float
    grey: float
    aside: float
    ridged: float

    @property
    def hint(self) -> str:
        """What the person can do better, empty when the picture is good enough."""
        if self.touched < NOTHING:
            return "finger.partial"
        if self.ridges < CLEAR * self.touched or self.ridged < RIDGED:
            return "finger.dry" if self.grey >= LIGHT else "finger.wet"
        if self.aside > ASIDE:
            return "finger.centre"
        return "" if self.ridges >= ENOUGH else "finger.partial"

    @property
    def score(self) -> int:
        """0 to 100: how much of the picture shows ridges, less what lies aside."""
        return max(0, min(100, round(130 * self.ridges - 60 * self.aside)))


def measure(pixels: bytes, width: int, height: int) -> Quality:
    """Look at a picture of `width` times `height` bytes, ridges dark on light."""
    touched, ridges = [], []
    for top in range(0, height - BLOCK + 1, BLOCK):
        rows = [pixels[y * width : (y + 1) * width] for y in range(top, top + BLOCK)]
        for left in range(0, width - BLOCK + 1, BLOCK):
            block = b"".join(row[left : left + BLOCK] for row in rows)
            mean, spread = _spread(block)
            if mean < TOUCHED_MEAN or spread > TOUCHED_SPREAD:
                touched.append(mean)
            if spread > RIDGE_SPREAD:
                ridges.append((left + BLOCK / 2, top + BLOCK / 2))
    blocks = max(1, (width // BLOCK) * (height // BLOCK))
    return Quality(
        touched=len(touched) / blocks,
        ridges=len(ridges) / blocks,
        grey=sum(touched) / len(touched) if touched else 255.0,
        aside=_aside(ridges, width, height),
        ridged=_ridged(pixels, width, height),
    )


def _spread(block: bytes) -> tuple[float, float]:
    mean = sum(block) / len(block)
    return mean, math.sqrt(max(0.0, sum(map(mul, block, block)) / len(block) - mean * mean))


def _aside(places: list[tuple[float, float]], width: int, height: int) -> float:
    if not places:
        return 0.0
    x, y = (sum(place[axis] for place in places) / len(places) for axis in (0, 1))
    return max(abs(x / width - 0.5), abs(y / height - 0.5))


def _ridged(pixels: bytes, width: int, height: int) -> float:
    """How much more the grey changes over four pixels than over one, along whichever direction shows it better."""
    middle = pixels[width * (height // 4) : width * (height * 3 // 4)]
    ratios = [_change(middle, 4 * step) / max(1.0, _change(middle, step)) for step in (1, width)]
    return max(ratios)


def _change(pixels: bytes, step: int) -> float:
    changed: int = sum(map(abs, map(sub, pixels, pixels[step:])))
    return changed / max(1, len(pixels) - step)
