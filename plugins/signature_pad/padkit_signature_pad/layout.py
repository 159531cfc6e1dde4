"""The signing screen: where the areas are, and the picture of it. No I/O but the shipped pictures of words.

From the top: a strip with title and the beginning of the document's hash, the ink area, a bar of three equal areas: cancel, begin
anew, confirm.
"""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from pathlib import Path

from padkit_sdk.ports.signature_pad import PadLanguage
from padkit_signature_pad.png import decode_bits
from padkit_signature_pad.protocol import Geometry, Rectangle

WORDS = Path(__file__).parent / "words"
LARGE_FROM_PX = 400  # height of the screen
HASH_SHOWN = 4  # bytes
MARGIN = 4


class Area(enum.Enum):
    """What a touch is on; the buttons from left to right."""

    CANCEL = "cancel"
    REDO = "redo"
    CONFIRM = "confirm"
    INK = "ink"


class Layout:
    """The areas on one pad's screen."""

    def __init__(self, geometry: Geometry) -> None:
        self._geometry = geometry
        width, height = geometry.width_px, geometry.height_px
        self.size = "large" if height >= LARGE_FROM_PX else "small"
        self.strip = height // 8
        self.bar = height - height // 6
        self.ink = Rectangle(0, self.strip, width - 1, self.bar - 1)
        third = width // 3
        ends = (third - 1, 2 * third - 1, width - 1)
        starts = (0, third, 2 * third)
        self.areas = {
            area: Rectangle(starts[i], self.bar, ends[i], height - 1)
            for i, area in enumerate((Area.CANCEL, Area.REDO, Area.CONFIRM))
        }
        self.areas[Area.INK] = self.ink

    def at(self, x: int, y: int) -> Area | None:
        """The area under digitiser coordinates, scaled as manual 4 says; None: the strip at the top."""
        g = self._geometry
        column, row = x * g.width_px // (g.max_x + 1), y * g.height_px // (g.max_y + 1)
        return next((area for area, place in self.areas.items() if place.holds(column, row)), None)

    def picture(self, document_hash: bytes, language: PadLanguage, background: bytes) -> bytes:
        """R, G, B by rows: the words and areas over `background` (empty: white)."""
        width, height = self._geometry.width_px, self._geometry.height_px
        canvas = bytearray(background or b"\xff" * (width * height * 3))
        self._fill(canvas, Rectangle(0, 0, width - 1, self.strip - 1))
        self._fill(canvas, Rectangle(0, self.bar, width - 1, height - 1))
        word, digits = language.value + ".", [f"digit.{digit}" for digit in document_hash[:HASH_SHOWN].hex().upper()]
        self._words(canvas, [word + "title"], MARGIN, self.strip)
        long = [word + "document", "", *digits]
        self._words(canvas, long, width - MARGIN - self._width(long), self.strip)
        for area in (Area.CANCEL, Area.REDO, Area.CONFIRM):
            place, name = self.areas[area], [word + area.value]
            left = (place.x1 + place.x2 - self._width(name)) // 2
            self._words(canvas, name, left, height - self.bar, top=self.bar)
            self._line(canvas, place.y1, place.x1, place.x2)
            if area is not Area.CANCEL:
                for y in range(place.y1, place.y2 + 1):
                    self._line(canvas, y, place.x1, place.x1)
        self._line(canvas, self.strip - 1, 0, width - 1)
        return bytes(canvas)

    def _width(self, names: list[str]) -> int:
        return sum(_word(self.size, name)[0] for name in names)

    def _words(self, canvas: bytearray, names: list[str], left: int, high: int, *, top: int = 0) -> None:
        """Draw pictures of words side by side, in the middle of a strip `high` pixels high."""
        for name in names:
            width, rows = _word(self.size, name)
            first = top + max(0, (high - len(rows)) // 2)
            for y, bits in enumerate(rows[: max(0, high)]):
                self._row(canvas, first + y, left, f"{bits:0{width}b}")
            left += width

    def _row(self, canvas: bytearray, y: int, left: int, bits: str) -> None:
        last = self._geometry.width_px - 1
        for run in re.finditer("1+", bits):
            x1, x2 = max(0, left + run.start()), min(last, left + run.end() - 1)
            if x1 <= x2:
                self._line(canvas, y, x1, x2)

    def _line(self, canvas: bytearray, y: int, x1: int, x2: int) -> None:
        width = self._geometry.width_px
        canvas[(y * width + x1) * 3 : (y * width + x2 + 1) * 3] = bytes((x2 - x1 + 1) * 3)

    def _fill(self, canvas: bytearray, place: Rectangle) -> None:
        width = self._geometry.width_px
        rows = place.y2 - place.y1 + 1
        canvas[place.y1 * width * 3 : (place.y2 + 1) * width * 3] = b"\xff" * (width * 3 * rows)


@lru_cache(maxsize=128)
def _word(size: str, name: str) -> tuple[int, tuple[int, ...]]:
    """Width and rows of a word's picture; the empty name is a gap."""
    if not name:
        return (16 if size == "large" else 6), ()
    width, rows = decode_bits((WORDS / size / f"{name}.png").read_bytes())
    return width, tuple(rows)
