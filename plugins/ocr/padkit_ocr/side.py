"""Which side of which document a warped card may show, and whether it stands on its head: a guess from where there is print.

The guess only orders what is read first. A side is believed when its windows hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_sdk.ports import DocumentSide

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in millimetres of the card."""

WIDE_MM, HIGH_MM = 86, 54  # of the map of print, one value a square millimetre
STEP = 14  # of the brightness a stroke must differ from what is around it


@dataclass(frozen=True, slots=True)
class Look:
    """What a side looks like from afar: where there is `print`, where there is none, and where a portrait is, if there is one."""

    printed: Sequence[Box]
    blank: Sequence[Box]
    portrait: Box | None = None


_FRONT = Look(
    printed=(
        (6, 6.5, 24, 10),
        (6, 13.5, 20, 17),
        (6, 20, 43, 23),
        (6, 27, 40, 30),
        (6, 45.5, 26, 48.5),
        (30, 45, 77, 49),
    ),
    blank=((2, 2, 50, 5), (6, 10.5, 50, 13), (6, 17.6, 50, 19.6), (26, 36, 50, 43), (2, 50.5, 84, 53)),
    portrait=(54, 7, 80, 38.5),
)
LOOKS: Mapping[DocumentSide, Look] = {  # docs/reference/document-layouts.md
    DocumentSide.ID_FRONT: _FRONT,
    DocumentSide.ID_BACK: Look(
        printed=((7, 6.5, 19.5, 19), (28, 7.5, 74, 12), (28, 16, 74, 23), (20, 39.5, 50, 43), (20, 46, 70, 49)),
        blank=((2, 22, 24, 38), (28, 12.6, 74, 15.2), (2, 2, 84, 4.5), (28, 24, 80, 29), (2, 40, 17, 52)),
    ),
    DocumentSide.HMT_PERMIT_FRONT: _FRONT,
    DocumentSide.FOREIGNER_FRONT: Look(
        printed=(
            (6, 4, 11, 9),
            (16, 3.5, 78, 6.5),
            (15, 8, 70, 10),
            (6, 16, 24, 23),
            (6, 24, 40, 30),
            (30, 46, 76, 50),
        ),
        blank=((2, 10.5, 54, 12.5), (46, 24, 55, 44), (2, 51, 56, 53)),
        portrait=(56.5, 13.5, 80.5, 43.5),
    ),
    DocumentSide.BANK_CARD: Look(
        printed=((9, 30.5, 72, 35), (10, 19, 22, 28), (36, 38, 50, 42)),
        blank=((24, 20, 84, 29), (2, 2, 84, 4), (60, 38, 84, 52)),
    ),
}


def guess_sides(card: Pixels) -> list[tuple[DocumentSide, int]]:
    """Return the sides that `card` (630 x 1000) may show with how it is turned (0 or 180), the likeliest first."""
    upright, mass = _print(card), _mass(card)
    scored = []
    for turned in (0, 180):
        ink, dark = (upright, mass) if turned == 0 else (upright[::-1, ::-1], mass[::-1, ::-1])
        scored += [(_alike(look, ink, dark), side, turned) for side, look in LOOKS.items()]
    scored.sort(key=lambda it: -it[0])
    return [(side, turned) for _, side, turned in scored]


def _print(card: Pixels) -> NDArray[np.float32]:
    """How much of each square millimetre is stroke: much darker or lighter than what is around it."""
    grey = cv2.resize(cv2.cvtColor(card, cv2.COLOR_BGR2GRAY), (WIDE_MM * 5, HIGH_MM * 5), interpolation=cv2.INTER_AREA)
    around = cv2.blur(grey, (15, 15))
    stroke = (cv2.absdiff(grey, around) > STEP).astype(np.float32)
    return np.asarray(cv2.resize(stroke, (WIDE_MM, HIGH_MM), interpolation=cv2.INTER_AREA), np.float32)


def _mass(card: Pixels) -> NDArray[np.float32]:
    """How far each square millimetre is from the card's own ground, 0 to 1: a portrait is far from it as a whole."""
    small = cv2.resize(card, (WIDE_MM, HIGH_MM), interpolation=cv2.INTER_AREA).astype(np.float32)
    far = np.abs(small - np.median(small.reshape(-1, 3), axis=0)).sum(axis=2)
    return np.asarray(np.minimum(far / 150, 1.0), np.float32)


def _alike(look: Look, ink: NDArray[np.float32], dark: NDArray[np.float32]) -> float:
    """How well a look fits: print where it should be, none where not, and the portrait's mass or its absence."""
    usual = float(ink.mean()) + 0.02
    printed = np.mean([min(_mean(ink, box) / usual, 3.0) for box in look.printed])
    blank = np.mean([min(_mean(ink, box) / usual, 3.0) for box in look.blank])
    score = float(printed - blank)
    if look.portrait is not None:
        left, top, right, bottom = look.portrait
        mirrored = (WIDE_MM - right, HIGH_MM - bottom, WIDE_MM - left, HIGH_MM - top)
        score += 3.0 * (_mean(dark, look.portrait) - _mean(dark, mirrored))
    return score


def _mean(values: NDArray[np.float32], box: Box) -> float:
    left, top, right, bottom = (round(value) for value in box)
    return float(values[top:bottom, left:right].mean())
