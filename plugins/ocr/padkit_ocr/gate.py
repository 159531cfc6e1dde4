"""The gate: what is wrong with a picture, before anything is read from it, as one hint that a person can follow.

Each measure is 0 (worst) to 1. What is below its limit asks for another picture; the first in the order of `LIMITS` is told, for
it is what the person mends first. The limits were set on generated pictures (`padkit-sim pictures cards`), not on real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_ocr.fit import AROUND_CORNER
from padkit_ocr.outline import Outline

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]

WIDE_MM, HIGH_MM = 85.60, 53.98  # ISO/IEC 7810, ID-1
BEST_PX_PER_MM = 10.0  # 254 dots an inch; more tells nothing new
AT_BORDER = 0.016  # of the picture's long side: a side of the card that near may lie beyond the border
LEAST_STEP = 36.0  # of 255, from the card to its ground: less, and the card goes on behind its found side
EDGE_POINTS = 64
EDGE_OFFSETS = np.array([-5, -4, -3, 2, 3, 4])  # pixels outward of the side: what is the card's, then what is not
BEST_BRIGHT = 160.0  # of 255, the card's brightest hundredth
STROKE_PX = 13  # around a stroke of print on a warped card
CLEAR_STROKE = 25  # of 255, the least difference between print and ground
BEST_SLOPE = 0.40  # of that difference from one pixel to the next, at a sharp edge
BLOWN = 248  # of 255, in the darkest channel: nothing can be read there
MOST_BLOWN = 130.0  # pixels of the warped card, the radius of a white round: 11 mm
BEST_CHROMA = 30.0  # how far a card's colours are from its ground's, at 200 of 255
PATCH_PX = 256  # of the middle of the card, whose spectrum is looked at
PEAKS = 6  # the strongest of the spectrum, beside what is usual at their distance from the middle
MOST_PEAK = 80.0

LIMITS: Mapping[str, tuple[str, float]] = {
    "light": ("document.dark", 0.36),  # below, the noise of the sensor is as strong as the print
    "paper": ("document.screen", 0.65),  # a grid 28 times over the usual: pixels of a screen or a printer's raster
    "inside": ("document.cut_off", 1.0),  # a card whose side is the picture's is not all there
    "size": ("document.too_small", 0.50),  # 5 pixels a millimetre: a character has 14
    "straight": ("document.tilted", 0.80),  # farther characters have half the pixels of the nearer ones
    "whole": ("document.glare", 0.60),  # a white round 9 mm wide: a word may be gone
    "sharp": ("document.blurred", 0.42),  # an edge reaches over 6 pixels: strokes of one character run together
    "colour": ("document.copy", 0.43),  # one colour all over: a black-and-white copy
}
WORDS: Mapping[str, str] = {
    "document.dark": "it is too dark; turn on a light or go to the window",
    "document.cut_off": "the card is not all in the picture; hold the camera so that all four corners are seen",
    "document.too_small": "the card is too small in the picture; go nearer",
    "document.tilted": "the card is seen from the side; hold the camera straight above it",
    "document.glare": "light is reflected from the card; tilt the card or shade it",
    "document.blurred": "the picture is blurred; hold the camera still and wait until it is sharp",
    "document.screen": "this is a picture of a screen or of a print; lay the card itself in front of the camera",
    "document.copy": "this is a copy without colours; lay the card itself in front of the camera",
}


@dataclass(frozen=True, slots=True)
class Quality:
    """The measures by name, and what to tell the person; empty when all is well."""

    measures: Mapping[str, float]
    hint: str


def judge(pixels: Pixels, outline: Outline, card: Pixels) -> Quality:
    """Judge the photo `pixels` with the card's `outline` in it, and the warped `card` (630 x 1000)."""
    grey = np.asarray(cv2.cvtColor(card, cv2.COLOR_BGR2GRAY), np.uint8)
    light = float(np.percentile(grey[::3, ::3], 99))
    measures = {
        "light": min(light / BEST_BRIGHT, 1.0),
        "inside": _inside(pixels, outline.corners),
        **_shape(outline.corners),
        "whole": _whole(card),
        "sharp": _sharp(grey[30:600, 40:960]),
        "paper": _paper(pixels, outline.corners),
        "colour": _colour(card, grey),
    }
    hint = next((hint for name, (hint, least) in LIMITS.items() if measures[name] < least), "")
    return Quality({name: round(value, 3) for name, value in measures.items()}, hint)


def hint_without_card(pixels: Pixels) -> str:
    """What to tell the person when no card was found: it is too dark for one, or a screen's grid hides it; else empty."""
    if float(np.percentile(pixels[::8, ::8], 99)) / BEST_BRIGHT < LIMITS["light"][1]:
        return LIMITS["light"][0]
    high, wide = pixels.shape[:2]
    middle = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    return LIMITS["paper"][0] if _paper(pixels, middle) < LIMITS["paper"][1] else ""


def _inside(pixels: Pixels, corners: Corners) -> float:
    """0 when a corner is outside, or a side lies along the picture's border with the card's own colour beyond it; else 1."""
    high, wide = pixels.shape[:2]
    near = AT_BORDER * max(high, wide)
    far = np.stack([corners[:, 0], corners[:, 1], wide - 1 - corners[:, 0], high - 1 - corners[:, 1]], axis=1)
    if far.min() < -near / 4:
        return 0.0
    along_border = (np.maximum(far, np.roll(far, -1, axis=0)) < near).any(axis=1)
    steps = [_step(pixels, corners[side], corners[(side + 1) % 4]) for side in np.flatnonzero(along_border)]
    return 1.0 if min(steps, default=255.0) >= LEAST_STEP else 0.0


def _step(pixels: Pixels, start: NDArray[np.float32], end: NDArray[np.float32]) -> float:
    """How far the colours on the two sides of a card's edge are apart, of 255; corners go clockwise."""
    along = end - start
    outward = np.array([along[1], -along[0]]) / max(float(np.hypot(*along)), 1.0)
    places = start + along * np.linspace(AROUND_CORNER, 1 - AROUND_CORNER, EDGE_POINTS)[:, None]
    spots = (places[:, None] + outward * EDGE_OFFSETS[:, None]).astype(np.float32)
    strip = cv2.remap(pixels, spots[..., 0], spots[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inner, outer = np.split(strip.astype(np.float32), 2, axis=1)
    return float(np.median(np.abs(outer.mean(axis=1) - inner.mean(axis=1)).max(axis=1)))


def _shape(corners: Corners) -> dict[str, float]:
    """How large the card is at its far side, and how straight it is seen."""
    along = np.roll(corners, -1, axis=0) - corners
    top, right, bottom, left = (float(length) for length in np.hypot(along[:, 0], along[:, 1]))
    px_per_mm = min(top / WIDE_MM, bottom / WIDE_MM, left / HIGH_MM, right / HIGH_MM)
    aspect = (top + bottom) / (left + right) * HIGH_MM / WIDE_MM
    uneven = min(top / bottom, bottom / top) * min(left / right, right / left)
    return {"size": min(px_per_mm / BEST_PX_PER_MM, 1.0), "straight": min(aspect, 1 / aspect) * uneven}


def _whole(card: Pixels) -> float:
    """How small the largest white round is. Bright light makes a card white, too, but print divides that; glare hides it."""
    small = cv2.resize(card, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    blown = (np.minimum(np.minimum(small[..., 0], small[..., 1]), small[..., 2]) >= BLOWN).astype(np.uint8)
    blown[[0, -1]] = blown[:, [0, -1]] = 0
    radius = 2 * float(cv2.distanceTransform(blown, cv2.DIST_L2, 5).max())
    return max(0.0, 1 - radius / MOST_BLOWN)


def _sharp(grey: Pixels) -> float:
    """How steep strokes are beside their own contrast, in the direction in which they are less so: lens and motion."""
    around = np.ones((STROKE_PX, STROKE_PX), np.uint8)
    contrast = np.asarray(cv2.subtract(cv2.dilate(grey, around), cv2.erode(grey, around)), np.float32)
    strokes = contrast > max(CLEAR_STROKE, 0.7 * float(np.percentile(contrast[::3, ::3], 85)))
    if np.count_nonzero(strokes) < 200:
        return 0.0
    steep = (
        cv2.dilate(cv2.absdiff(grey[1:-1, 2:], grey[1:-1, :-2]), around),
        cv2.dilate(cv2.absdiff(grey[2:, 1:-1], grey[:-2, 1:-1]), around),
    )
    kept = strokes[1:-1, 1:-1]
    slopes = [float(np.median(np.asarray(it)[kept] / contrast[1:-1, 1:-1][kept])) / 2 for it in steep]
    return min(min(slopes) / BEST_SLOPE, 1.0)


def _paper(pixels: Pixels, corners: Corners) -> float:
    """How little a regular grid shows in the middle of the card, in the picture as it was taken."""
    high, wide = pixels.shape[:2]
    if min(high, wide) < PATCH_PX:
        return 1.0
    left, top = (
        int(np.clip(middle - PATCH_PX / 2, 0, most - PATCH_PX))
        for middle, most in zip(corners.mean(axis=0), (wide, high), strict=True)
    )
    patch = cv2.cvtColor(pixels[top : top + PATCH_PX, left : left + PATCH_PX], cv2.COLOR_BGR2GRAY).astype(np.float32)
    fine = np.clip(patch - cv2.GaussianBlur(patch, (0, 0), 3), -12, 12) * _window()
    spectrum = np.abs(np.fft.rfft2(fine))
    ring, order, starts = _rings()
    sorted_rings = spectrum[ring][order]
    usual = np.array([np.median(part) for part in np.split(sorted_rings, starts)])
    sizes = np.diff([0, *starts, len(sorted_rings)])
    over = sorted_rings / np.maximum(np.repeat(usual, sizes), 1e-3)
    peak = float(np.sort(np.partition(over, -PEAKS)[-PEAKS:]).mean())
    return max(0.0, 1 - peak / MOST_PEAK)


def _colour(card: Pixels, grey: Pixels) -> float:
    """How far colours stand from the card's ground; 1 for a dark ground, which tells nothing about a copier."""
    bright = float(np.percentile(grey[::4, ::4], 80))
    if bright < 120:
        return 1.0
    inner = cv2.resize(card[40:590, 60:940], (200, 126), interpolation=cv2.INTER_AREA)
    chroma = cv2.cvtColor(inner, cv2.COLOR_BGR2YCrCb)[..., 1:]
    far = np.abs(chroma.astype(np.float32) - np.median(chroma.reshape(-1, 2), axis=0)).sum(axis=2)
    return min(float(np.percentile(far, 98)) / bright * 200 / BEST_CHROMA, 1.0)


@cache
def _window() -> NDArray[np.float32]:
    slope = np.hanning(PATCH_PX).astype(np.float32)
    return np.outer(slope, slope)


@cache
def _rings() -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """The part of a spectrum that is looked at, its values sorted by distance from the middle, and where each distance begins."""
    down, across = np.fft.fftfreq(PATCH_PX) * PATCH_PX, np.arange(PATCH_PX // 2 + 1)
    distance = np.hypot(down[:, None], across[None, :])
    ring = (distance > 30) & (distance < 126)
    whole = distance[ring].astype(np.int64)
    order = np.argsort(whole, kind="stable")
    starts = np.flatnonzero(np.diff(whole[order])) + 1
    return ring, order, starts
