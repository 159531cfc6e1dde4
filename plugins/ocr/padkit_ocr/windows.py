"""The windows of one side of a warped card, read: first plainly, then, for what is in doubt, in other ways.

Jobs are made here and run elsewhere, so that two threads share the lines of one card.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from padkit_ocr.ctc import Line
from padkit_ocr.ink import Box, Ink, find_boxes, grow
from padkit_ocr.layouts import Window
from padkit_ocr.recogniser import LEAST_WIDTH, SHORT_WIDTH, Recogniser
from padkit_ocr.values import Piece

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Way:
    """How a window is cut and read. `sides` and `ends` are shares of the line's height that are cut out around its ink.

    `squeeze` makes it narrower (below 1) or wider. `spread` takes the
    greys apart before.
    """

    sides: float
    ends: float
    squeeze: float = 1.0
    spread: bool = False


PLAIN = Way(0.22, 0.30)
UNREAD = 1.1  # of a character's height, from the middle of the outermost one to the end of the ink; 0.5 is usual
OTHERS = (Way(0.36, 0.45, 1.1), Way(0.14, 0.40, 0.9, spread=True), Way(0.30, 0.30, 1.25))


@dataclass(frozen=True, slots=True)
class Job:
    """One crop to read: `box` is its place on the card, `ink` that of the line's ink in it."""

    window: Window
    crop: Pixels
    box: Box
    ink: Box
    squeeze: float

    @property
    def columns(self) -> int:
        """How many columns of the recogniser's input the crop becomes, before it is padded."""
        width: int = self.crop.shape[1]
        return round(width * self.window.density * self.squeeze)

    def run(self, recogniser: Recogniser) -> Piece:
        """Read it. Raises as `Engine.run`."""
        least = LEAST_WIDTH if self.window.slashes else SHORT_WIDTH
        line = recogniser.read(self.crop, self.window.alphabet, wide=self.columns, least=least)
        return Piece(line, corners(self.box), whole=not self._unread(line))

    def _unread(self, line: Line) -> bool:
        """Whether ink stands before the first or behind the last character that was read: one that the model does not know."""
        if not line.chars:
            return False
        left, width = self.box[0], self.box[2] - self.box[0]
        first, last = (left + char.at * width for char in (line.chars[0], line.chars[-1]))
        return max(first - self.ink[0], self.ink[2] - last) > UNREAD * self.window.height_px


def cut(card: Pixels, ink: Ink, window: Window, way: Way) -> list[Job]:
    """The lines of `window` as jobs, from top to bottom; none for a window without ink."""
    jobs = []
    for box in find_boxes(ink, window):
        left, top, right, bottom = grown = _inside(grow(box, way.sides, way.ends), card)
        crop = card[top:bottom, left:right]
        jobs.append(Job(window, _spread(crop) if way.spread else crop, grown, box, way.squeeze))
    return jobs


def corners(box: Box) -> tuple[tuple[float, float], ...]:
    """The four corners of a box, clockwise from its top left."""
    left, top, right, bottom = (float(it) for it in box)
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _inside(box: Box, card: Pixels) -> Box:
    return max(box[0], 0), max(box[1], 0), min(box[2], card.shape[1]), min(box[3], card.shape[0])


def _spread(crop: Pixels) -> Pixels:
    """The darkest hundredth becomes black, the lightest tenth white."""
    low, high = np.percentile(crop, (1, 90))
    spread = (crop.astype(np.float32) - low) * (255.0 / max(float(high - low), 16.0))
    return np.asarray(np.clip(spread, 0, 255), np.uint8)
