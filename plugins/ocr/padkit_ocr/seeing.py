"""The first, blocking part of a reading: from a picture's bytes to a warped card, judged, with the sides it may show."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_ocr import gate
from padkit_ocr.outline import find_outline
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
    """`pixels` of the picture; `cards` what may be in it, the likeliest first, none when no outline was found.

    `hint` is what the gate says of the picture; there are no cards then, and `corners` are those of the outline.
    """

    pixels: Pixels
    cards: tuple[Card, ...] = ()
    quality: dict[str, float] = field(default_factory=dict)
    hint: str = ""
    corners: Corners | None = None


def look(picture: Picture, *, gated: bool = True) -> Seen:
    """Decode the picture and find the card; ask the gate when `gated`. Raises as `decode`."""
    pixels = decode(picture)
    outline = find_outline(pixels)
    if outline is None:
        return Seen(pixels, hint=gate.hint_without_card(pixels) if gated else "")
    card = warp(pixels, outline.corners)
    quality = gate.judge(pixels, outline, card)
    if gated and quality.hint:
        return Seen(pixels, (), dict(quality.measures), quality.hint, outline.corners)
    ways = {  # a card that stands on its head is set upright; its corners begin at its own top left
        0: (card, outline.corners),
        180: (np.asarray(cv2.rotate(card, cv2.ROTATE_180), np.uint8), np.roll(outline.corners, -2, axis=0)),
    }
    cards = tuple(Card(side, *ways[turned]) for side, turned in guess_sides(card))
    return Seen(pixels, cards, dict(quality.measures))


def turn_of(corners: Corners) -> int:
    """By how many degrees (0, 90, 180, 270) a card with these corners stands turned clockwise in its picture."""
    along = corners[1] - corners[0]
    return round(math.degrees(math.atan2(float(along[1]), float(along[0]))) / 90) % 4 * 90


def points(corners: Corners) -> tuple[Point, ...]:
    """`corners` as plain numbers."""
    return tuple((float(x), float(y)) for x, y in corners)
