"""Ink inside a window: the lines of text that really stand there, a little off from where the layout says.

Ink is what differs from the ground close around it, darker or lighter (bank cards), so that a shadow or a tint is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_ocr.layouts.window import Window

GROUND = 25  # pixels of a warped card: wider than a stroke, narrower than a letter's surroundings
LEAST = 18.0  # grey levels from the ground that count as ink at all
ROW = 0.25  # a row belongs to a line from this share of the line's fullest row
LEAST_INK = 0.05  # of the square of its height: the ink of one simple character
GAPS = 2.0  # what ink between two lines speaks against, as a share of what ink in them speaks for
GAP = 1.6  # of a character's height: wider blanks part words of a line from dirt beside it

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom on a warped card, the last two outside."""


@dataclass(frozen=True, slots=True)
class Ink:
    """How much each pixel of a warped card differs from its ground, 0 to 255."""

    dark: Pixels
    light: Pixels


def find_ink(card: Pixels) -> Ink:
    """Measure the ink of a warped card."""
    grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY)
    square = np.ones((GROUND, GROUND), np.uint8)
    return Ink(
        np.asarray(cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, square), np.uint8),
        np.asarray(cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, square), np.uint8),
    )


def find_boxes(ink: Ink, window: Window) -> list[Box]:
    """Find the lines in `window`, from top to bottom, at most as many as it may have, close around their ink.

    A window without ink gives none.
    """
    left, top, right, bottom = window.pixels()
    dark, light = (it[top:bottom, left:right] for it in (ink.dark, ink.light))
    patch = light if window.light and float(light.mean()) > float(dark.mean()) else dark
    if patch.size == 0:
        return []
    level, _ = cv2.threshold(patch, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    marked = patch > max(level * 0.8, LEAST)
    found = []
    for first, last in _comb(marked, window) if window.lines > 1 else _bands(marked, window):
        ends = _ends(marked[first:last], window.height_px)
        if ends:
            found.append((left + ends[0], top + first, left + ends[1], top + last))
    return found


def _comb(marked: NDArray[np.bool_], window: Window) -> list[tuple[int, int]]:
    """Lines of one pitch: the shift at which the teeth of a comb hold most ink and its gaps least. Empty teeth are left out."""
    rows = np.concatenate(([0], np.cumsum(marked.sum(axis=1)))).astype(np.float32)
    high, pitch, middle = (it * Window.DOWN for it in (window.height, window.pitch, window.first))
    tops = [middle - high / 2 + at * pitch for at in range(window.lines)]
    best: tuple[float, list[tuple[int, int]]] = (0.0, [])
    for shift in sorted(range(-round(high / 2), round(high / 2) + 1), key=abs):
        teeth = [(_clip(top + shift, rows), _clip(top + high + shift, rows)) for top in tops]
        gaps = [(last, _clip(last + pitch - high, rows)) for _, last in teeth]
        score = float(sum(rows[last] - rows[first] for first, last in teeth))
        score -= GAPS * float(sum(rows[last] - rows[first] for first, last in gaps))
        if score > best[0]:
            best = score, teeth
    return [(first, last) for first, last in best[1] if rows[last] - rows[first] > LEAST_INK * high * high]


def _clip(row: float, rows: NDArray[np.float32]) -> int:
    return int(min(max(round(row), 0), len(rows) - 1))


def _bands(marked: NDArray[np.bool_], window: Window) -> list[tuple[int, int]]:
    """Rows of ink, each as high as a line may be; with more than the window may have, the fullest ones."""
    rows = marked.sum(axis=1).astype(np.float32)
    rows = np.convolve(rows, np.ones(3, np.float32) / 3, mode="same")
    if float(rows.max(initial=0.0)) < 2.0:
        return []
    full = rows > ROW * float(np.percentile(rows, 95))
    edges = np.flatnonzero(np.diff(full, prepend=False, append=False))
    bands = [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
    high = window.height_px
    bands = [band for band in _joined(bands, round(high * 0.15)) if band[1] - band[0] >= 0.45 * high]
    bands.sort(key=lambda band: -float(rows[band[0] : band[1]].sum()))
    return sorted(bands[: window.lines])


def _joined(bands: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in bands:
        if joined and first - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _ends(marked: NDArray[np.bool_], high: float) -> tuple[int, int] | None:
    """The columns between which the line's words stand: specks far from them are left out."""
    columns = np.flatnonzero(marked.sum(axis=0) >= 2)
    if len(columns) < 2:
        return None
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > GAP * high) + 1)
    words = [part for part in parts if len(part) >= 0.15 * high]
    return (int(words[0][0]), int(words[-1][-1]) + 1) if words else None


def grow(box: Box, sides: float, ends: float) -> Box:
    """`box` with `sides` of its height more above and below and `ends` more at both ends, inside the card."""
    left, top, right, bottom = box
    high = bottom - top
    more, along = round(high * sides), round(high * ends)
    return max(left - along, 0), max(top - more, 0), right + along, bottom + more
