"""Distances on earth: between two places, and from a place to an area. Plain sums; a county is small."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians

KM_PER_DEGREE = 111.32
Point = tuple[float, float]  # latitude, longitude


def distance_km(one: Point, two: Point) -> float:
    """Return how far two places are apart; good to a percent within a province."""
    return hypot(*_flat(one, two))


def outside_km(place: Point, outline: Sequence[Point]) -> float:
    """Return how far `place` is outside of `outline`; 0 within it, and 0 without an outline."""
    if not outline or _inside(place, outline):
        return 0.0
    corners = [_flat(place, corner) for corner in outline]
    return min(_to_line(*one, *two) for one, two in zip(corners, [*corners[1:], corners[0]], strict=True))


def _inside(place: Point, outline: Sequence[Point]) -> bool:
    y, x = place
    inside = False
    y1, x1 = outline[-1]
    for y2, x2 in outline:
        if (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
            inside = not inside
        y1, x1 = y2, x2
    return inside


def _flat(origin: Point, place: Point) -> tuple[float, float]:
    """Return `place` in kilometres east and north of `origin`."""
    scale = KM_PER_DEGREE * cos(radians((origin[0] + place[0]) / 2))
    return (place[1] - origin[1]) * scale, (place[0] - origin[0]) * KM_PER_DEGREE


def _to_line(x1: float, y1: float, x2: float, y2: float) -> float:
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length)) if length else 0.0
    return hypot(x1 + along * dx, y1 + along * dy)
