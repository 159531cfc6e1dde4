"""Finding the card in a photo: four straight sides of the shape of an ID-1 card (ISO/IEC 7810), wherever and however it lies.

A small picture gives candidates (edges, and what differs from the ground). The best supported one is fitted side by side to the
full picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_ocr.fit import AROUND_CORNER, fit, meet, sides

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]

SMALL_PX = 480  # long side of the picture that is searched
ASPECT = 85.60 / 53.98  # ISO/IEC 7810, ID-1
LEAST_AREA, MOST_AREA = 0.01, 0.99  # of the picture
LEAST_ASPECT, MOST_ASPECT = 1.05, 2.6  # a tilted card is shorter or narrower
MOST_COSINE = 0.75  # at a corner: 41 to 139 degrees, beyond which only a view from the edge leads
LEAST_SUPPORT = 0.55  # of the points along the sides that lie on an edge
POINTS = 48  # looked at along a side
SHARES = np.linspace(AROUND_CORNER, 1 - AROUND_CORNER, POINTS)
SHIFTS = np.arange(-2, 3)
MOST_CANDIDATES = 24
SURE, LARGE = 0.9, 0.1  # a score, and a share of the picture, at which no other way of looking is tried
LARGER_IS_BETTER = 0.35  # the portrait and the table of a card are quadrilaterals too, inside it


@dataclass(frozen=True, slots=True)
class Outline:
    """`corners` (4 x 2, pixels) clockwise, the first side a long one; `score` 0 to 1, how much of the sides was seen.

    `found_by` names what proposed it: ``edges`` or ``ground``.
    """

    corners: Corners
    score: float
    found_by: str


def find_outline(pixels: Pixels) -> Outline | None:
    """Return the outline of the one card in `pixels` (H x W x 3, BGR), None when there is none."""
    high, wide = pixels.shape[:2]
    if min(high, wide) < 32:
        return None
    scale = 1 / math.ceil(max(high, wide) / SMALL_PX)
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    small = _stretched(small)
    slopes = _slopes(small)
    noise = float(np.percentile(np.abs(slopes[::3, ::3]), 75)) + 4.0
    area = small.shape[0] * small.shape[1]
    best: Outline | None = None
    most = 0.0
    for found_by, quad in _candidates(small):
        score = _support(slopes, noise, quad) * _shape(quad)
        weighed = score * (cv2.contourArea(quad) / area) ** LARGER_IS_BETTER
        if score >= LEAST_SUPPORT and weighed > most:
            best, most = Outline(quad, score, found_by), weighed
        if (
            best is not None
            and best.score >= SURE
            and most >= SURE * LARGE**LARGER_IS_BETTER
            and found_by != best.found_by
        ):
            break
    if best is None:
        return None
    fitted = fit(pixels, best.corners / scale)
    return Outline(_long_side_first(_clockwise(fitted)), min(best.score, 1.0), best.found_by)


def _stretched(small: Pixels) -> Pixels:
    """The picture with its brightest hundredth made white, so that a dark one has edges too."""
    bright = float(np.percentile(small[::3, ::3], 99))
    return (
        small
        if bright >= 200
        else np.asarray(cv2.convertScaleAbs(small, alpha=min(240 / max(bright, 1.0), 8.0)), np.uint8)
    )


def _candidates(small: Pixels) -> Iterator[tuple[str, Corners]]:
    """Quadrilaterals that may be the card, from edges of two strengths and from what differs from the ground."""
    area = small.shape[0] * small.shape[1]
    seen: list[Corners] = []
    for found_by, mask in _masks(small):
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        big = sorted(
            (c for c in contours if len(c) >= 4), key=lambda c: cv2.contourArea(cv2.convexHull(c)), reverse=True
        )
        for contour in big[:6]:
            hull = np.asarray(cv2.convexHull(contour), np.int32)
            if not LEAST_AREA * area < cv2.contourArea(hull) < MOST_AREA * area:
                continue
            for quad in _quads(hull):
                if len(seen) < MOST_CANDIDATES and not any(np.abs(quad - other).max() < 2 for other in seen):
                    seen.append(quad)
                    yield found_by, quad


def _quads(hull: NDArray[np.int32]) -> Iterator[Corners]:
    """Four-sided figures around a hull: cut down to four corners, and the smallest turned rectangle."""
    around = cv2.arcLength(hull, closed=True)
    for share in (0.02, 0.04, 0.07):
        figure = cv2.approxPolyDP(hull, share * around, closed=True)
        if len(figure) == 4:
            yield _clockwise(figure.reshape(4, 2).astype(np.float32))
            break
    quad = _longest_runs(hull)
    if quad is not None:
        yield quad
    yield _clockwise(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32))


def _longest_runs(hull: NDArray[np.int32]) -> Corners | None:
    """The four longest straight runs of a hull, prolonged until they meet: corners may be round or covered."""
    figure = (
        cv2.approxPolyDP(hull, 0.006 * cv2.arcLength(hull, closed=True), closed=True).reshape(-1, 2).astype(np.float64)
    )
    if len(figure) < 4:
        return None
    runs = [(figure[i], figure[(i + 1) % len(figure)]) for i in range(len(figure))]
    lengths = [float(np.hypot(*(b - a))) for a, b in runs]
    chosen = sorted(sorted(range(len(runs)), key=lambda i: -lengths[i])[:4])
    corners = [meet(runs[a], runs[b]) for a, b in zip(chosen, (*chosen[1:], chosen[0]), strict=True)]
    if any(corner is None for corner in corners):
        return None
    quad = np.array(corners, np.float32)
    return _clockwise(quad) if cv2.isContourConvex(quad) else None


def _masks(small: Pixels) -> Iterator[tuple[str, Pixels]]:
    """Where the card's border may be: strong edges, what differs from the ground, weak edges, edges of evened light."""
    calm = np.asarray(cv2.GaussianBlur(small, (0, 0), 0.9), np.uint8)
    yield "edges", _edges(calm, 60, 140)
    yield "ground", _ground_mask(small)
    yield "weak edges", _edges(calm, 20, 60)
    grey = cv2.cvtColor(calm, cv2.COLOR_BGR2GRAY)
    yield "even light", _edges(np.asarray(cv2.createCLAHE(3.0, (4, 4)).apply(grey), np.uint8), 40, 110)


def _edges(plane: Pixels, low: int, high: int) -> Pixels:
    """Edges (Canny), of the steepest channel where there are several, with thin gaps closed."""
    if plane.ndim == 3:
        x, y = _steepest(plane)
        edges = cv2.Canny(
            np.clip(x, -32_000, 32_000).astype(np.int16), np.clip(y, -32_000, 32_000).astype(np.int16), low, high
        )
    else:
        edges = cv2.Canny(plane, low, high)
    return np.asarray(cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8), iterations=2), np.uint8)


def _steepest(pixels: Pixels) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """The slopes, x and y, of that channel which is steepest at each pixel."""
    x, y = cv2.Sobel(pixels, cv2.CV_16S, 1, 0), cv2.Sobel(pixels, cv2.CV_16S, 0, 1)
    steep = np.abs(x) + np.abs(y)
    best_x, best_y, most = x[..., 0], y[..., 0], steep[..., 0]
    for channel in (1, 2):
        more = steep[..., channel] > most
        best_x = np.where(more, x[..., channel], best_x)
        best_y = np.where(more, y[..., channel], best_y)
        most = np.maximum(most, steep[..., channel])
    return np.asarray(best_x, np.int16), np.asarray(best_y, np.int16)


def _ground_mask(small: Pixels) -> Pixels:
    """White where the colour differs from that of the picture's border."""
    colour = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 2), cv2.COLOR_BGR2YCrCb).astype(np.int16)
    border = np.concatenate([part.reshape(-1, 3) for part in (colour[:6], colour[-6:], colour[:, :6], colour[:, -6:])])
    far = np.abs(colour - np.median(border, axis=0).astype(np.int16))
    apart = np.minimum(far[..., 0] + 2 * (far[..., 1] + far[..., 2]), 255).astype(np.uint8)
    _, mask = cv2.threshold(apart, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel, iterations=2), np.uint8)


def _slopes(small: Pixels) -> NDArray[np.float32]:
    """How steep the picture is, x and y, of the channel that is steepest; H x W x 2."""
    x, y = _steepest(np.asarray(cv2.GaussianBlur(small, (0, 0), 1.0), np.uint8))
    return np.stack([x, y], axis=2).astype(np.float32)


def _support(slopes: NDArray[np.float32], noise: float, quad: Corners) -> float:
    """The share of points along the four sides at which the picture is steep across the side; the weakest side counts most."""
    high, wide = slopes.shape[:2]
    along = np.roll(quad, -1, axis=0) - quad
    lengths = np.hypot(along[:, 0], along[:, 1])
    if lengths.min() < 12:
        return 0.0
    across = np.stack([along[:, 1], -along[:, 0]], axis=1) / lengths[:, None]
    places = quad[:, None] + along[:, None] * SHARES[None, :, None]
    spots = np.rint(places[:, :, None] + across[:, None, None] * SHIFTS[None, None, :, None]).astype(np.int64)
    x, y = spots[..., 0], spots[..., 1]
    inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high)
    steep = slopes[np.clip(y, 0, high - 1), np.clip(x, 0, wide - 1)] * inside[..., None]
    strength = np.abs((steep * across[:, None, None]).sum(axis=3)).max(axis=2)
    shares = np.sort((strength > noise).mean(axis=1))
    return float((2 * shares[0] + shares[1] + shares[2] + shares[3]) / 5)


def _shape(quad: Corners) -> float:
    """1 for the shape of a card seen straight, less for one that only a strong tilt explains, 0 for what is no card."""
    if not cv2.isContourConvex(quad):
        return 0.0
    long = [float(np.hypot(*(b - a))) for a, b in sides(quad)]
    if min(long) < 12 or _sharpest_corner(quad) > MOST_COSINE:
        return 0.0
    across, down = (long[0] + long[2]) / 2, (long[1] + long[3]) / 2
    aspect = max(across, down) / min(across, down)
    if not LEAST_ASPECT < aspect < MOST_ASPECT:
        return 0.0
    off = abs(np.log(aspect / ASPECT))
    uneven = max(long[0] / long[2], long[2] / long[0], long[1] / long[3], long[3] / long[1])
    return float(np.exp(-0.35 * max(0.0, off - 0.05)) * np.exp(-0.25 * max(0.0, uneven - 1.2)))


def _sharpest_corner(quad: Corners) -> float:
    """The largest cosine, without its sign, of the angles at the four corners: 0 for a rectangle."""
    ahead = np.roll(quad, -1, axis=0) - quad
    ahead /= np.hypot(ahead[:, 0], ahead[:, 1])[:, None]
    return float(np.abs((ahead * np.roll(ahead, 1, axis=0)).sum(axis=1)).max())


def _clockwise(quad: Corners) -> Corners:
    """The corners in the order in which a clock's hand passes them (y points down)."""
    centre = quad.mean(axis=0)
    order = np.argsort(np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0]))
    return np.ascontiguousarray(quad[order], np.float32)


def _long_side_first(quad: Corners) -> Corners:
    """The corners so that the first side is a long one, and the first corner the upper or left one of the two that may be."""
    lengths = [float(np.hypot(*(b - a))) for a, b in sides(quad)]
    if lengths[0] + lengths[2] < lengths[1] + lengths[3]:
        quad = np.roll(quad, -1, axis=0)
    along = quad[1] - quad[0]
    turned = along[0] < 0 if abs(along[0]) >= abs(along[1]) else along[1] > 0
    return np.ascontiguousarray(np.roll(quad, -2, axis=0) if turned else quad)
