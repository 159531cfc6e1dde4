"""The way of lines: text is looked for all over the card or the picture, and its labels say what is what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from padkit_ocr import assign
from padkit_ocr.config import Config
from padkit_ocr.found import Found
from padkit_ocr.hands import Hands
from padkit_ocr.judging import Judged, holds, judge
from padkit_ocr.lines import Quad, crop_line, find_lines
from padkit_ocr.recogniser import Recogniser
from padkit_ocr.rows import rows
from padkit_ocr.seeing import Card, Corners, points, turn_of
from padkit_ocr.values import Piece
from padkit_ocr.warp import to_picture
from padkit_sdk.ports import DocumentSide, FieldState, Point
from padkit_vision.engine import Engine

UPRIGHT = 0.75  # the mean confidence of lines that are surely not upside down
PROBES = 4  # the longest lines, which say which way is up
LEAST_LINES = 2
PROBE_SIDE = 480  # enough to see where lines are
LEAST_OUTSIDE = 3
WIDER = 0.12  # of its height: how much more of a line is cut out for a second reading

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Told:
    """A side that its labels named; boxes in the picture. `corners` None when the card's outline is not known."""

    side: DocumentSide
    judged: dict[str, Judged]
    corners: Corners | None
    turned: int


class LinesReader:
    """Reads all lines of a picture."""

    def __init__(self, engine: Engine, recogniser: Recogniser, config: Config, hands: Hands) -> None:
        self._engine = engine
        self._recogniser = recogniser
        self._least = config.least_confidence
        self._hands = hands

    async def read(self, pixels: Pixels, cards: Sequence[Card]) -> Told | None:
        """Read the likeliest of the warped `cards`, and the whole picture when that says nothing; None when both do."""
        if cards:
            card = cards[0]
            told = await self._read(card.pixels)
            if told:
                corners = np.roll(card.corners, -(told.turned // 90), axis=0)
                placed = {name: _placed(it, card.corners) for name, it in told.judged.items()}
                return Told(told.side, placed, corners, turn_of(corners))
        return await self._read(pixels)

    async def elsewhere(self, pixels: Pixels, outline: Corners) -> bool:
        """Whether most of the text lies outside the outline: it is the portrait of a card that fills the picture."""
        quads = await self._hands.do(partial(find_lines, self._engine, pixels, long_side=PROBE_SIDE))
        outside = [it for it in quads if cv2.pointPolygonTest(outline, _middle(it), measureDist=False) < 0]
        return len(outside) >= LEAST_OUTSIDE and len(outside) * 2 > len(quads)

    async def _read(self, pixels: Pixels) -> Told | None:
        quads = await self._hands.do(partial(find_lines, self._engine, pixels))
        if len(quads) < LEAST_LINES:
            return None
        turned = await self._turned(pixels, quads)
        upright = np.ascontiguousarray(np.rot90(pixels, turned // 90))
        if turned:
            quads = await self._hands.do(partial(find_lines, self._engine, upright))
        readings: dict[str, list[Found]] = {}
        side: DocumentSide | None = None
        for wider in (0.0, WIDER):
            found = rows(await self._pieces(upright, [_wider(quad, wider) for quad in quads]))
            side = side or assign.side_of(found)
            if side is None:
                return None
            for name, it in assign.fields(side, found).items():
                readings.setdefault(name, []).append(it)
            judged = judge(side, readings, least=self._least)
            if "number" not in judged or judged["number"].state is FieldState.CHECKED:
                break
        if side is None or not holds(side, readings):
            return None
        height, width = pixels.shape[:2]
        back = {name: _turned_back(it, turned, width, height) for name, it in judged.items()}
        return Told(side, back, None, turned)

    async def _turned(self, pixels: Pixels, quads: Sequence[Quad]) -> int:
        """By how many degrees the text stands turned clockwise."""
        wide = sum(float(np.linalg.norm(quad[1] - quad[0])) for quad in quads)
        high = sum(float(np.linalg.norm(quad[3] - quad[0])) for quad in quads)
        longest = sorted(quads, key=lambda quad: -float(max(np.ptp(quad[:, 0]), np.ptp(quad[:, 1]))))[:PROBES]
        crops = [crop_line(pixels, quad) for quad in longest]
        best = (-1.0, 0)
        for turned in (0, 180) if wide >= high else (90, 270):
            jobs = [partial(self._recogniser.read, np.ascontiguousarray(np.rot90(it, turned // 90))) for it in crops]
            sure = [
                float(np.mean([char.confidence for char in it.chars] or [0.0])) for it in await self._hands.all(jobs)
            ]
            best = max(best, (float(np.mean(sure)), turned))
            if best[0] >= UPRIGHT:
                break
        return best[1]

    async def _pieces(self, pixels: Pixels, quads: Sequence[Quad]) -> list[Piece]:
        found = await self._hands.all([partial(self._recogniser.read, crop_line(pixels, quad)) for quad in quads])
        return [Piece(line, points(quad)) for line, quad in zip(found, quads, strict=True)]


def _middle(quad: Quad) -> Point:
    x, y = quad.mean(axis=0)
    return float(x), float(y)


def _wider(quad: Quad, more: float) -> Quad:
    middle = quad.mean(axis=0)
    return np.asarray(middle + (quad - middle) * np.array([1.0 + more / 8, 1.0 + more * 2], np.float32), np.float32)


def _placed(judged: Judged, corners: Corners) -> Judged:
    return _moved(judged, lambda quad: points(to_picture(np.array(quad, np.float32), corners)))


def _turned_back(judged: Judged, turned: int, width: int, height: int) -> Judged:
    """Points of the upright picture, in the one that came, `width` x `height`."""

    def back(point: Point) -> Point:
        x, y = point
        return {0: (x, y), 90: (width - y, x), 180: (width - x, height - y), 270: (y, height - x)}[turned]

    return _moved(judged, lambda quad: tuple(back(it) for it in quad))


def _moved(judged: Judged, move: Callable[[tuple[Point, ...]], tuple[Point, ...]]) -> Judged:
    return replace(judged, found=judged.found and replace(judged.found, quad=move(judged.found.quad)))
