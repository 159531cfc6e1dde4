"""One person's head and shoulders as flat pictures: colours, outline, skin; with the mouth as far open as asked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from padkit_sim.pictures.faces.people import Person
from padkit_sim.pictures.faces.pixels import Pixels, floats, shown

SOURCE = Path(__file__).parent / "source"
FINER = 2.5  # pixels of these pictures for one of the source's
MOUTH_X, MOUTH_HALF = 204.0, 18.5  # of the inner lips, in the source
MOUTH_TOP, SMILE, TEETH = 142.2, -1.8, 6.6  # inner upper lip in the middle, its corners above it, the gap below it
CHEEKS, CHIN = 26.0, 176.0  # how far to the side the jaw takes the skin along; where the chin ends
JAW_SHARE = 0.75  # of the lower lip's way, taken by the chin
PATCH = (150, 120, 258, 222)  # what an open mouth changes: left, top, right, bottom
CAVITY = (28, 22, 48)  # blue, green, red inside


class Head:
    """The flat pictures of `person`, x and y of the source times `FINER`; `pull_x`, `pull_y` say where a point comes from.

    The two fields have the source's size and hold the source's pixels to add: they make the person out of the face.
    """

    def __init__(self, person: Person) -> None:
        portrait, matte = _fine(_read("portrait.jpg", cv2.IMREAD_COLOR), _read("matte.png", cv2.IMREAD_GRAYSCALE))
        self.matte = matte
        self.skin = _skin(portrait, matte)
        self.high, self.wide = (round(edge / FINER) for edge in matte.shape[:2])
        self.pull_x, self.pull_y = _pulls(person, self.high, self.wide)
        self._colours = _tinted(person, portrait, self.skin)
        self._mouths: dict[int, Pixels] = {}

    def colours(self, open_px: float) -> Pixels:
        """The picture with the lower lip `open_px` (source pixels) below where it was; negative closes the smile."""
        level = round(open_px * 2)
        if level not in self._mouths:
            self._mouths[level] = _with_mouth(self._colours, level / 2)
        left, top, right, bottom = (round(edge * FINER) for edge in PATCH)
        picture = self._colours.copy()
        picture[top:bottom, left:right] = self._mouths[level]
        return picture


@lru_cache(maxsize=8)
def head_of(person: Person) -> Head:
    """The head of `person`, made once."""
    return Head(person)


def _read(name: str, how: int) -> Pixels:
    picture = cv2.imdecode(np.frombuffer((SOURCE / name).read_bytes(), np.uint8), how)
    assert picture is not None, name
    return np.asarray(picture)


def _fine(portrait: Pixels, matte: Pixels) -> tuple[Pixels, Pixels]:
    """Portrait and outline at the finer scale."""
    high, wide = (round(edge * FINER) for edge in portrait.shape[:2])
    fine = cv2.resize(portrait, (wide, high), interpolation=cv2.INTER_LANCZOS4)
    fine = cv2.addWeighted(
        fine, 1.9, cv2.GaussianBlur(fine, (0, 0), 2.0), -0.9, 0
    )  # the source is small: its edges back
    return np.asarray(fine), np.asarray(cv2.resize(matte, (wide, high), interpolation=cv2.INTER_LINEAR))


def _pulls(person: Person, high: int, wide: int) -> tuple[Pixels, Pixels]:
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    pull_x, pull_y = np.zeros_like(x), np.zeros_like(y)
    for pull, strength in person.pulls():
        near = strength * np.exp(-(((x - pull.x) / pull.reach_x) ** 2) - ((y - pull.y) / pull.reach_y) ** 2)
        pull_x -= near * (pull.shift_x + pull.swell_x * (x - pull.x))
        pull_y -= near * (pull.shift_y + pull.swell_y * (y - pull.y))
    return pull_x.astype(np.float32), pull_y.astype(np.float32)


def _skin(portrait: Pixels, matte: Pixels) -> Pixels:
    """How much each pixel is skin, 0 to 1, softly: redder than blue, not too dark, above the collar."""
    blue, _, red = (channel.astype(np.float32) for channel in cv2.split(portrait))
    y, x = np.mgrid[0 : portrait.shape[0], 0 : portrait.shape[1]].astype(np.float32) / FINER
    oval = (((x - 204) / 48) ** 2 + ((y - 134) / 58) ** 2 < 1) & (y > 80)
    mask = (oval & (red > blue * 1.12) & (red > 90) & (matte > 128)).astype(np.float32)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 3.0))


def _tinted(person: Person, portrait: Pixels, skin: Pixels) -> Pixels:
    y = np.mgrid[0 : portrait.shape[0], 0 : portrait.shape[1]][0].astype(np.float32) / FINER
    x = np.mgrid[0 : portrait.shape[0], 0 : portrait.shape[1]][1].astype(np.float32) / FINER
    below = np.clip((np.hypot((x - 204) / 1.25, y - 90) - 84) / 8, 0, 1)[..., None]
    elsewhere = floats(person.hair) * (1 - below) + floats(person.clothes) * below
    gain = floats(person.skin) * skin[..., None] + elsewhere * (1 - skin[..., None])
    return shown(portrait * gain)


def _with_mouth(picture: Pixels, open_px: float) -> Pixels:
    """The patch about the mouth: lower lip and chin moved down, a dark cavity under the upper teeth."""
    left, top, right, bottom = PATCH
    wide, high = (round(edge * FINER) for edge in (right - left, bottom - top))
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) / FINER + floats([top, left])[:, None, None]
    across = np.clip(1 - ((x - MOUTH_X) / MOUTH_HALF) ** 2, 0, 1)
    upper = MOUTH_TOP + SMILE * (1 - across)
    gap = TEETH * np.sqrt(across)
    lip = np.maximum(open_px * np.sqrt(across), -0.9 * gap)
    jaw = open_px * JAW_SHARE * np.exp(-(((x - MOUTH_X) / CHEEKS) ** 2))
    chin_down = 1 - _rise((y - CHIN) / 34)
    from_y = y.copy()
    for _ in range(10):
        moved = lip + (jaw - lip) * _rise((from_y - upper - gap) / 22)
        from_y = y - moved * np.minimum(chin_down, 1)
    mouth = upper + gap + lip  # where the lower lip begins now
    inside = (y > upper) & (y < mouth)
    grown = np.maximum(gap + lip, 1e-3)
    teeth = upper + (y - upper) * np.maximum(gap / grown, 0.75)
    from_y = np.where(y <= upper, y, np.where(inside, np.minimum(teeth, upper + gap), from_y))
    fine = cv2.remap(picture, x * FINER, from_y * FINER, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    dark = np.clip((y - upper - 0.62 * gap) / 1.5, 0, 1) * np.clip((mouth - y) / 1.0, 0, 1) * np.clip(lip / 3, 0, 1)
    dark = cv2.GaussianBlur((dark * inside).astype(np.float32), (0, 0), 1.2)[..., None]
    return shown(fine * (1 - dark) + floats(CAVITY) * dark)


def _rise(at: Pixels) -> Pixels:
    """From 0 at 0 smoothly to 1 at 1."""
    at = np.clip(at, 0, 1)
    return np.asarray(at * at * (3 - 2 * at))
