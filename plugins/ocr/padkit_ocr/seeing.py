"""The first, blocking parts of a reading: from a picture's bytes to a warped card, the gate's word, the sides it may show."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_ocr import gate
from padkit_ocr.gate import Quality
from padkit_ocr.outline import Outline, find_outline
from padkit_ocr.side import guess_sides
from padkit_ocr.warp import warp
from padkit_sdk.ports import DocumentSide, Picture, Point
from padkit_vision.pictures import decode

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]

cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class Card:
    """A warped card as it would stand when `side` were right: upright, with its corners in the picture."""

    side: DocumentSide
    pixels: Pixels
    corners: Corners


@dataclass(frozen=True, slots=True)
class Seen:
    """`pixels` of the picture; the card's `outline` in it and the card `flat`, warped; both None when no outline was found."""

    pixels: Pixels
    outline: Outline | None = None
    flat: Pixels | None = None


def look(picture: Picture) -> Seen:
    """Decode the picture and find the card. Raises as `decode`."""
    pixels = decode(picture)
    outline = find_outline(pixels)
    return Seen(pixels) if outline is None else Seen(pixels, outline, warp(pixels, outline.corners))


def quality_of(seen: Seen) -> Quality:
    """What the gate says of the picture."""
    if seen.outline is None or seen.flat is None:
        return Quality({}, gate.hint_without_card(seen.pixels))
    return gate.judge(seen.pixels, seen.outline, seen.flat)


def cards_of(seen: Seen) -> tuple[Card, ...]:
    """What may be in the picture, the likeliest first; none when no outline was found."""
    if seen.outline is None or seen.flat is None:
        return ()
    ways = {  # a card that stands on its head is set upright; its corners begin at its own top left
        0: (seen.flat, seen.outline.corners),
        180: (np.asarray(cv2.rotate(seen.flat, cv2.ROTATE_180), np.uint8), np.roll(seen.outline.corners, -2, axis=0)),
    }
    return tuple(Card(side, *ways[turned]) for side, turned in guess_sides(seen.flat))


def turn_of(corners: Corners) -> int:
    """By how many degrees (0, 90, 180, 270) a card with these corners stands turned clockwise in its picture."""
    along = corners[1] - corners[0]
    return round(math.degrees(math.atan2(float(along[1]), float(along[0]))) / 90) % 4 * 90


def points(corners: Corners) -> tuple[Point, ...]:
    """`corners` as plain numbers."""
    return tuple((float(x), float(y)) for x, y in corners)
