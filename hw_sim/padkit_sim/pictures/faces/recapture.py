"""A face taken from paper or from a screen: what the medium does to it, in front of a room."""

from __future__ import annotations

import random
from collections.abc import Sequence

import cv2
import numpy as np

from padkit_sim.pictures.faces.light import Glow, shone_on
from padkit_sim.pictures.faces.pixels import Pixels, floats, shown
from padkit_sim.pictures.faces.plan import Step
from padkit_sim.pictures.faces.room import room
from padkit_sim.pictures.faces.scene import ROOM_SHARE, Scene
from padkit_sim.pictures.faces.surface import Hand, laid

DOT_PX, DOT_SCALE = 4.4, 2  # distance of the print's dots, on a picture twice as large
PAPER = (226, 232, 235)
CROP = (115, 25, 525, 445)  # of the face's frame, when the edge is in view: left, top, right, bottom
GLASS_SHARE = 0.05  # a screen shines by itself and gives back little
MARGIN = 60  # of the moiré's field, which moves with the hand


class Print:
    """`still` on paper. Paper gives back the tablet's light as skin does, face and printed background alike."""

    def __init__(self, still: Pixels, rng: random.Random, *, close: bool) -> None:
        self._hand, self._room, self._glow = Hand(rng, close=close), room(rng), Glow(rng)
        self._gain = rng.uniform(0.4, 0.8)
        self._sheet, self._shift = _sheet(printed(still, rng), rng, close=close)

    def tell(self, step: Step, at_s: float) -> None:
        self._glow.tell(step, at_s)
        self._hand.tell(step, at_s)

    def seen(self, at_s: float) -> Pixels:
        colour = self._glow.colour(at_s)
        picture, cover = laid(self._sheet, self._hand.onto_frame(at_s), scale=DOT_SCALE, shift=self._shift)
        behind = self._room * shone_on(self._gain * ROOM_SHARE, colour)
        lit = picture * shone_on(self._gain, colour)
        return shown(behind + (lit - behind) * cover[..., None])


class Screen:
    """`film` on a screen: its gamma and tint, moiré, glare, a band that rolls, and a bezel when that is in view."""

    def __init__(self, film: Scene, rng: random.Random, *, close: bool) -> None:
        self._film, self._close = film, close
        self._hand, self._room, self._glow = Hand(rng, close=close), room(rng), Glow(rng)
        self._gain = rng.uniform(0.4, 0.8)
        self._gamma = rng.uniform(1.08, 1.25)
        self._tint = floats([rng.uniform(1.05, 1.14), rng.uniform(0.98, 1.03), rng.uniform(0.88, 0.95)])
        self._moire, self._glare = _moire(rng), _glare(rng)
        self._band = (rng.uniform(0.015, 0.035), rng.uniform(0.3, 1.3), rng.uniform(160, 420))
        self._bezel = rng.randint(16, 30)

    def tell(self, step: Step, at_s: float) -> None:
        self._glow.tell(step, at_s)
        self._hand.tell(step, at_s)

    def seen(self, at_s: float) -> Pixels:
        glass = self._on_glass(self._film.seen(at_s))
        shift = (0.0, 0.0)
        if not self._close:
            left, top, right, bottom = CROP
            edge = self._bezel
            glass = cv2.copyMakeBorder(
                glass[top:bottom, left:right], edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(24, 22, 21)
            )
            shift = (edge - left, edge - top)
        onto = self._hand.onto_frame(at_s)
        picture, cover = laid(np.asarray(glass), onto, shift=shift)
        colour = self._glow.colour(at_s)
        lit = picture * self._pattern(onto, at_s) * shone_on(self._gain * GLASS_SHARE, colour) + self._glare
        behind = self._room * shone_on(self._gain * ROOM_SHARE, colour)
        return shown(behind + (lit - behind) * cover[..., None])

    def _on_glass(self, frame: Pixels) -> Pixels:
        table = 255 * (np.arange(256, dtype=np.float32) / 255) ** self._gamma
        channels = [shown(table * tint) for tint in self._tint]
        return np.asarray(cv2.LUT(frame, np.dstack(channels)))

    def _pattern(self, onto: Pixels, at_s: float) -> Pixels:
        """The moiré where the hand has moved it to, and the rolling band."""
        x = int(np.clip(MARGIN / 2 + onto[0, 2] / onto[2, 2] * 0.4, 0, MARGIN))
        y = int(np.clip(MARGIN / 2 + onto[1, 2] / onto[2, 2] * 0.4, 0, MARGIN))
        depth, hz, length_px = self._band
        rows = 1 + depth * np.sin(2 * np.pi * (np.arange(480, dtype=np.float32) / length_px + hz * at_s))
        return np.asarray(self._moire[y : y + 480, x : x + 640] * rows[:, None, None].astype(np.float32))


def printed(still: Pixels, rng: random.Random) -> Pixels:
    """Lower contrast, fewer colours, and the dots of each ink at its own angle; twice as large as `still`."""
    large = cv2.resize(still, None, fx=DOT_SCALE, fy=DOT_SCALE, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    grey = large.mean(axis=2, keepdims=True)
    large = grey + (large - grey) * rng.uniform(0.7, 0.9)
    large = 128 + (large - 128) * rng.uniform(0.62, 0.76) + rng.uniform(2, 16)
    y, x = np.mgrid[0 : large.shape[0], 0 : large.shape[1]].astype(np.float32)
    depth = rng.uniform(16, 26)
    for channel, angle in enumerate(np.deg2rad([15.0, 75.0, 45.0])):
        across, along = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        large[..., channel] += depth * np.cos(2 * np.pi * across / DOT_PX) * np.cos(2 * np.pi * along / DOT_PX)
    return shown(large)


def _sheet(printed: Pixels, rng: random.Random, *, close: bool) -> tuple[Pixels, tuple[float, float]]:
    """The sheet and where the held picture's corner lies in it; with a border and a thumb when the edge is in view."""
    if close:
        return printed, (0.0, 0.0)
    left, top, right, bottom = (edge * DOT_SCALE for edge in CROP)
    edge = rng.randint(14, 26) * DOT_SCALE
    sheet = cv2.copyMakeBorder(
        printed[top:bottom, left:right], edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=PAPER
    )
    for x in (edge // 2, sheet.shape[1] - edge // 2):
        cv2.ellipse(sheet, (x, sheet.shape[0] - 260), (edge, 60), 0, 0, 360, (120, 150, 196), -1, cv2.LINE_AA)
    return np.asarray(sheet), (float(edge - left), float(edge - top))


def _moire(rng: random.Random) -> Pixels:
    """Slow coloured waves and a fine grid, about 1, with a margin to move in."""
    y, x = np.mgrid[0 : 480 + MARGIN, 0 : 640 + MARGIN].astype(np.float32)
    field = np.ones((*x.shape, 3), np.float32)
    waves: Sequence[tuple[float, float]] = (
        (rng.uniform(0.015, 0.05), rng.uniform(0.02, 0.045)),
        (rng.uniform(0.3, 0.42), rng.uniform(0.02, 0.04)),
    )
    for per_px, depth in waves:
        angle, phase = rng.uniform(0, 3.14), rng.uniform(0, 6.28)
        for channel in range(3):
            turns = per_px * (x * np.cos(angle) + y * np.sin(angle)) + channel * 0.2
            field[..., channel] += depth * np.cos(2 * np.pi * turns + phase)
    return field


def _glare(rng: random.Random) -> Pixels:
    """A soft lamp in the glass, added to all colours."""
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    away = ((x - rng.uniform(80, 560)) / rng.uniform(50, 120)) ** 2 + (
        (y - rng.uniform(40, 330)) / rng.uniform(40, 90)
    ) ** 2
    return np.asarray((rng.uniform(20, 60) * np.exp(-away))[..., None], dtype=np.float32)
