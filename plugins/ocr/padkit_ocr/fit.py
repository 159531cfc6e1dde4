"""A rough outline fitted to the full picture: each side is moved onto the edge near it, to a fraction of a pixel."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]
Line = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Two points of it."""

AROUND_CORNER = 0.12  # of a side: round corners (ISO/IEC 7810, 3.18 mm) and fingers say nothing about it
POINTS = 96  # looked at along a side
REACH = 0.012  # of the picture's long side: how far from the rough outline the edge is looked for


def fit(pixels: Pixels, quad: Corners) -> Corners:
    """Move each side onto the edge in the full picture; a side without a clear edge stays where it is."""
    high, wide = pixels.shape[:2]
    reach = max(4, round(REACH * max(high, wide)))
    lines = [_fitted(pixels, start, end, reach) for start, end in sides(quad)]
    corners = [meet(lines[i - 1], lines[i]) for i in range(4)]
    if any(corner is None for corner in corners):
        return quad
    fitted = np.array(corners, np.float32)
    near = float(np.abs(fitted - quad).max()) <= 3 * reach
    return fitted if near and cv2.isContourConvex(fitted) else quad


def _fitted(
    pixels: Pixels, start: NDArray[np.float32], end: NDArray[np.float32], reach: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The line along which the picture is steepest near the side from `start` to `end`, as two points."""
    along = (end - start).astype(np.float64)
    length = max(float(np.hypot(*along)), 1.0)
    across = np.array([along[1], -along[0]]) / length
    steps = np.arange(-reach, reach + 1)
    shares = np.linspace(AROUND_CORNER, 1 - AROUND_CORNER, POINTS)
    places = start + along * shares[:, None]
    spots = (places[:, None, :] + across * steps[:, None]).astype(np.float32)
    strip = cv2.remap(pixels, spots[..., 0], spots[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    strip = cv2.GaussianBlur(strip, (5, 5), 1.2).astype(np.float32)
    jump = np.abs(np.diff(strip, axis=1))
    steep = np.maximum(np.maximum(jump[..., 0], jump[..., 1]), jump[..., 2])
    peak = steep.argmax(axis=1)
    strong = steep[np.arange(len(peak)), peak] > 2.0
    found = steps[peak] + 0.5 + _between(steep, peak)
    keep = strong & np.isfinite(found)
    for _ in range(4):
        if keep.sum() < POINTS // 6:
            return start.astype(np.float64), end.astype(np.float64)
        slope, offset = np.polyfit(shares[keep], found[keep], 1)
        miss = np.abs(slope * shares + offset - found)
        limit = max(1.0, 2.0 * float(np.median(miss[keep])))
        keep = strong & (miss <= limit)
    return (
        np.asarray(start + across * offset, np.float64),
        np.asarray(end + across * (slope + offset), np.float64),
    )


def _between(steep: NDArray[np.float32], peak: NDArray[np.int64]) -> NDArray[np.float64]:
    """Where between the samples each peak lies, from its two neighbours; -0.5 to 0.5."""
    rows = np.arange(len(peak))
    left = steep[rows, np.clip(peak - 1, 0, steep.shape[1] - 1)]
    right = steep[rows, np.clip(peak + 1, 0, steep.shape[1] - 1)]
    middle = steep[rows, peak]
    bend = 2 * middle - left - right
    return np.where(bend > 1e-3, np.clip((right - left) / (2 * np.maximum(bend, 1e-3)), -0.5, 0.5), 0.0)


def meet(
    first: tuple[NDArray[np.float64], NDArray[np.float64]], second: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64] | None:
    """Where two lines, each through two points, meet; None when they are near parallel."""
    (p, q), (r, s) = first, second
    d, e = q - p, s - r
    cross = d[0] * e[1] - d[1] * e[0]
    if abs(cross) < 0.15 * np.hypot(*d) * np.hypot(*e):
        return None
    t = ((r[0] - p[0]) * e[1] - (r[1] - p[1]) * e[0]) / cross
    return np.asarray(p + t * d)


def sides(quad: Corners) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    return itertools.pairwise((*quad, quad[0]))
