"""Printing on a card: one character after another, in millimetres, and the box of the ink that went down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from padkit_sim.pictures.cards.fonts import OCR_B, Face, face_for, sized
from padkit_sim.pictures.cards.layouts import HIGH_MM, PX_PER_MM, WIDE_MM, Line

Box = tuple[float, float, float, float]  # left, top, right, bottom in mm
Colour = tuple[int, int, int]  # red, green, blue
OCR_B_EM = 1 / 0.77  # the em of OCR-B over the height of its digits
FULL = 1.05  # advance over em of a Chinese character; letters and digits go by their own


class Sheet:
    """One side being printed on `paper` (height, width, 3: blue, green, red)."""

    def __init__(self, paper: NDArray[np.uint8]) -> None:
        self._image = Image.fromarray(np.ascontiguousarray(paper[:, :, ::-1]))
        self._draw = ImageDraw.Draw(self._image)

    def pixels(self) -> NDArray[np.uint8]:
        """What it looks like now: blue, green, red."""
        return np.ascontiguousarray(np.asarray(self._image)[:, :, ::-1])

    def glyph(self, text: str, x_mm: float, y_mm: float, size_mm: float, face: Face, colour: Colour) -> Box:
        """Print one character with its advance's left edge at `x_mm` and its line's middle at `y_mm`."""
        if face is OCR_B:
            size_mm *= OCR_B_EM
        font = sized(face if face is OCR_B else face_for(text, face), round(size_mm * PX_PER_MM))
        middle = font.getbbox("0" if face is OCR_B else "国", anchor="ls")
        baseline = y_mm * PX_PER_MM - (middle[1] + middle[3]) / 2
        at = (round(x_mm * PX_PER_MM), round(baseline))
        self._draw.text(at, text, font=font, fill=colour, anchor="ls")
        left, top, right, bottom = self._draw.textbbox(at, text, font=font, anchor="ls")
        return (left / PX_PER_MM, top / PX_PER_MM, right / PX_PER_MM, bottom / PX_PER_MM)

    def run(self, text: str, line: Line, face: Face, colour: Colour, *, middle: bool = False) -> Box:
        """Print `text` from the line's `x`, or in its middle; drawn together where it would pass `x_end`."""
        size = line.size
        wide = width(text, size, face)
        if wide > line.x_end - line.x:
            size *= (line.x_end - line.x) / wide
            wide = line.x_end - line.x
        x = line.x + (line.x_end - line.x - wide) / 2 if middle else line.x
        boxes = []
        for character in text:
            step = advance(character, size, face)
            if character != " ":
                inner = (
                    step - sized(face_for(character, face), round(size * PX_PER_MM)).getlength(character) / PX_PER_MM
                ) / 2
                boxes.append(self.glyph(character, x + inner, line.y, size, face, colour))
            x += step
        return around(boxes)

    def spread(self, text: str, line: Line, face: Face, colour: Colour) -> Box:
        """Print `text` with even gaps from `x` to `x_end`."""
        step = (line.x_end - line.x - line.size) / max(len(text) - 1, 1)
        return around(
            [self.glyph(one, line.x + at * step, line.y, line.size, face, colour) for at, one in enumerate(text)]
        )

    def digits(self, text: str, line: Line, pitch_mm: float, colour: Colour, face: Face = OCR_B) -> Box:
        """Print characters `pitch_mm` apart, each in the middle of its place; blanks take a place."""
        boxes = []
        for at, one in enumerate(text):
            if one != " ":
                em = line.size * (OCR_B_EM if face is OCR_B else 1.35)
                wide = sized(face, round(em * PX_PER_MM)).getlength(one) / PX_PER_MM
                size = line.size if face is OCR_B else em
                boxes.append(
                    self.glyph(one, line.x + at * pitch_mm + (pitch_mm - wide) / 2, line.y, size, face, colour)
                )
        return around(boxes)

    def paste(self, picture: NDArray[np.uint8], x_mm: float, y_mm: float) -> None:
        """Lay a picture (blue, green, red) on the sheet, its upper left corner there."""
        self._image.paste(
            Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])),
            (round(x_mm * PX_PER_MM), round(y_mm * PX_PER_MM)),
        )

    def ring(self, box: Box, colour: Colour) -> None:
        """Two rings where an emblem would be."""
        left, top, right, bottom = (value * PX_PER_MM for value in box)
        thick = (right - left) / 12
        self._draw.ellipse((left, top, right, bottom), outline=colour, width=round(thick))
        inset = (right - left) / 4
        self._draw.ellipse(
            (left + inset, top + inset, right - inset, bottom - inset), outline=colour, width=round(thick / 2)
        )

    def frame(self, box: Box, colour: Colour, *, filled: Colour | None = None, round_mm: float = 0.6) -> None:
        """A thin frame with round corners."""
        self._draw.rounded_rectangle(
            [value * PX_PER_MM for value in box],
            round_mm * PX_PER_MM,
            fill=filled,
            outline=colour,
            width=PX_PER_MM // 6,
        )


def size_px() -> tuple[int, int]:
    """Width and height of a card in pixels."""
    return round(WIDE_MM * PX_PER_MM), round(HIGH_MM * PX_PER_MM)


def advance(character: str, size_mm: float, face: Face) -> float:
    """How far a character of that size moves the pen, in mm."""
    if not character.isascii():
        return FULL * size_mm
    return sized(face, round(size_mm * PX_PER_MM)).getlength(character) / PX_PER_MM


def width(text: str, size_mm: float, face: Face) -> float:
    """How wide a text runs, in mm."""
    return sum(advance(one, size_mm, face) for one in text)


def around(boxes: list[Box]) -> Box:
    """The box around boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def broken(text: str, size_mm: float, wide_mm: float, face: Face) -> list[str]:
    """`text` in lines not wider than `wide_mm`, each as full as can be."""
    lines = [""]
    for character in text:
        if width(lines[-1] + character, size_mm, face) > wide_mm:
            lines.append("")
        lines[-1] += character
    return lines
