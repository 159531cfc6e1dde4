"""One picture, from its bytes to fields: outline, warp, gate, side, windows, rules, and text lines where no windows hold.

What takes time is cut into jobs that `Hands` do, two at once; nothing is computed here that a heart-beat would feel.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from padkit_ocr import gate, lines, recogniser
from padkit_ocr.by_lines import LinesReader
from padkit_ocr.by_windows import WindowsReader
from padkit_ocr.config import Config
from padkit_ocr.found import Found
from padkit_ocr.hands import Hands
from padkit_ocr.judging import Judged
from padkit_ocr.recogniser import Recogniser
from padkit_ocr.seeing import Card, Corners, look, points, turn_of
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
        """Read it. Raises as `DocumentReader.read` but for its time."""
        seen = await self._hands.do(partial(look, picture, gated=self._gated))
        if seen.hint and not await self._lines.elsewhere(seen):
            raise AskAgain(seen.hint, gate.WORDS[seen.hint])
        cards = sorted(seen.cards, key=lambda card: card.side is not expected)[:TRIED]
        for card in cards:
            tried = await self._windows.read(card)
            if tried:
                _same(tried.card.side, expected)
                return self._reading(tried.card, tried.judged, seen.quality)
        told = await self._lines.read(seen)
        if told is None:
            raise AskAgain("document.not_found", WORDS["document.not_found"])
        _same(told.side, expected)
        fields = tuple(_field(name, it, None) for name, it in told.judged.items())
        models = (self._engine.use(lines.MODEL), self._engine.use(recogniser.MODEL))
        corners = () if told.corners is None else points(told.corners)
        return DocumentReading(told.side, fields, corners, told.turned, "lines", seen.quality, models)

    def _reading(self, card: Card, judged: Mapping[str, Judged], quality: dict[str, float]) -> DocumentReading:
        fields = tuple(_field(name, it, card.corners) for name, it in judged.items())
        models = (self._engine.use(recogniser.MODEL),)
        turned = turn_of(card.corners)
        return DocumentReading(card.side, fields, points(card.corners), turned, "windows", quality, models)


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
