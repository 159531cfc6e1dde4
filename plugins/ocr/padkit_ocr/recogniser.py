"""The recogniser: one crop that holds one line of text gives its characters. Nothing is known of cards here.

Each line runs by itself, as wide as it is: a batch would pad all to the longest.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_ocr.ctc import Char, Floats, Line, classes_of, decode
from padkit_vision.engine import Engine

MODEL = "PP-OCRv6_rec_small_int8"
HEIGHT = 48  # of the model's input
STEP = 8  # its output has one step for so many columns
LEAST_WIDTH = 320  # shorter lines are padded: without, a slash reads as 1
SHORT_WIDTH = 128  # enough for lines without such signs, at less than half the time
MOST_WIDTH = 1_280  # a crop that is longer holds no line of a card
MIDDLE = 127.5

Pixels = NDArray[np.uint8]


class Recogniser:
    """Reads lines with the engine's model. Safe to call from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, crop: Pixels, alphabet: str = "", *, wide: int = 0, least: int = LEAST_WIDTH) -> Line:
        """Read the one line in `crop`, height x width x 3 (blue, green, red); `alphabet` limits the choice, empty does not.

        The line is `wide` columns of the model's input, 0 to keep its shape, padded to `least`. A crop without pixels gives an
        empty line. Raises as `Engine.run`.
        """
        height, width = crop.shape[:2]
        if height < 2 or width < 2:
            return Line()
        wide = min(max(wide or round(width * HEIGHT / height), STEP), MOST_WIDTH)
        scaled = cv2.resize(
            crop, (wide, HEIGHT), interpolation=cv2.INTER_LINEAR if height >= HEIGHT else cv2.INTER_CUBIC
        )
        room = max(least, -(-wide // STEP) * STEP)
        feed: Floats = np.zeros((1, 3, HEIGHT, room), np.float32)
        feed[0, :, :, :wide] = scaled.transpose(2, 0, 1) / MIDDLE - 1.0
        characters = self._characters()
        allowed = _classes(alphabet, characters) if alphabet else None
        shares = self._engine.run(MODEL, {"x": feed})[0][0]
        line = decode(shares.astype(np.float32, copy=False), characters, allowed)
        return Line(tuple(Char(it.text, it.confidence, min(it.at * room / wide, 1.0)) for it in line.chars))

    def _characters(self) -> str:
        return _character_table(self._engine.notes(MODEL)["character"])


@lru_cache(maxsize=2)
def _character_table(lines: str) -> str:
    """One character a line in the model's notes; a space follows them as the last class."""
    return lines.replace("\n", "") + " "


@lru_cache(maxsize=32)
def _classes(alphabet: str, characters: str) -> NDArray[np.int64]:
    return classes_of(alphabet, characters)
