"""One picture, from its bytes to fields: outline, warp, side, windows, rules, and text lines where no windows hold.

The gate judges beside it. What takes time is cut into jobs that `Hands` do, two at once; nothing is computed here that a
heart-beat would feel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from padkit_ocr import gate, lines, recogniser
from padkit_ocr.by_lines import LinesReader
from padkit_ocr.by_windows import Tried, WindowsReader
from padkit_ocr.config import Config
from padkit_ocr.found import Found
from padkit_ocr.gate import Quality
from padkit_ocr.hands import Hands
from padkit_ocr.judging import Judged
from padkit_ocr.recogniser import Recogniser
from padkit_ocr.seeing import Card, Corners, Pixels, Seen, cards_of, look, points, quality_of, turn_of
from padkit_ocr.warp import to_picture
from padkit_sdk import AskAgain
from padkit_sdk.ports import DocumentField, DocumentReading, DocumentSide, Picture
from padkit_sdk.secrets import HiddenText
from padkit_vision.engine import Engine

WORDS = {
    "document.not_found": "no document was found; lay one card on a dark, plain ground and hold the camera above it",
    "document.wrong_side": "this is another side or another document than the one that is wanted; turn or change the card",
}
TRIED = 3  # sides that are read before the windows are given up


class Reader:
    """Reads one document from one picture. Several at once are allowed; the hands share out the work."""

    def __init__(self, engine: Engine, config: Config, hands: Hands) -> None:
        self._engine = engine
        self._hands = hands
        self._gated = config.gate
        known = Recogniser(engine)
        self._windows = WindowsReader(known, config, hands)
        self._lines = LinesReader(engine, known, config, hands)

    async def read(self, picture: Picture, expected: DocumentSide | None) -> DocumentReading:
        """Read it. Raises as `DocumentReader.read` but for its time.

        The gate judges beside the reading, which is given up when it says no: what is good does not wait for it.
        """
        seen = await self._hands.do(partial(look, picture))
        judging = asyncio.ensure_future(self._hands.do(partial(quality_of, seen)))
        reading = asyncio.ensure_future(self._try_windows(seen, expected))
        try:
            quality = await judging
            if self._gated and quality.hint:
                return await self._in_spite(seen, quality, expected)
            cards, tried = await reading
        finally:
            judging.cancel()
            reading.cancel()
            await asyncio.wait((judging, reading))
        if tried:
            _same(tried.card.side, expected)
            return self._reading(tried.card, tried.judged, quality.measures)
        return await self._from_lines(seen.pixels, cards, quality, expected)

    async def _try_windows(self, seen: Seen, expected: DocumentSide | None) -> tuple[Sequence[Card], Tried | None]:
        """Read the likeliest sides until one's layout holds."""
        cards = await self._hands.do(partial(cards_of, seen))
        for card in sorted(cards, key=lambda card: card.side is not expected)[:TRIED]:
            if tried := await self._windows.read(card):
                return cards, tried
        return cards, None

    async def _in_spite(self, seen: Seen, quality: Quality, expected: DocumentSide | None) -> DocumentReading:
        """The gate said no, but most text is outside of what it looked at: the outline is a portrait's, not the card's."""
        if seen.outline is None or not await self._lines.elsewhere(seen.pixels, seen.outline.corners):
            raise AskAgain(quality.hint, gate.WORDS[quality.hint])
        return await self._from_lines(seen.pixels, (), quality, expected)

    async def _from_lines(
        self, pixels: Pixels, cards: Sequence[Card], quality: Quality, expected: DocumentSide | None
    ) -> DocumentReading:
        told = await self._lines.read(pixels, cards)
        if told is None:
            raise AskAgain("document.not_found", WORDS["document.not_found"])
        _same(told.side, expected)
        fields = tuple(_field(name, it, None) for name, it in told.judged.items())
        models = (self._engine.use(lines.MODEL), self._engine.use(recogniser.MODEL))
        corners = () if told.corners is None else points(told.corners)
        return DocumentReading(told.side, fields, corners, told.turned, "lines", dict(quality.measures), models)

    def _reading(self, card: Card, judged: Mapping[str, Judged], measures: Mapping[str, float]) -> DocumentReading:
        fields = tuple(_field(name, it, card.corners) for name, it in judged.items())
        models = (self._engine.use(recogniser.MODEL),)
        turned = turn_of(card.corners)
        return DocumentReading(card.side, fields, points(card.corners), turned, "windows", dict(measures), models)


def _same(side: DocumentSide, expected: DocumentSide | None) -> None:
    if expected not in (None, side):
        raise AskAgain("document.wrong_side", WORDS["document.wrong_side"])


def _field(name: str, judged: Judged, corners: Corners | None) -> DocumentField:
    """The field as the port has it; `corners` are of the card whose pixels were read, None for the picture's own."""
    found = judged.found or Found("", 0.0)
    box = (
        found.quad
        if corners is None or not found.quad
        else points(to_picture(np.array(found.quad, np.float32), corners))
    )
    return DocumentField(name, HiddenText(found.text), found.confidence, box, judged.state, judged.rule)
