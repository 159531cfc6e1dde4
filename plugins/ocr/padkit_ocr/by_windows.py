"""The way of windows: a side's layout is laid on the card and read; what is in doubt is read again in other ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from padkit_ocr.config import Config
from padkit_ocr.found import Found
from padkit_ocr.hands import Hands
from padkit_ocr.ink import Ink, find_ink
from padkit_ocr.judging import FIELDS, Judged, holds, judge, other_side
from padkit_ocr.layouts import WINDOWS, Window
from padkit_ocr.recogniser import Recogniser
from padkit_ocr.seeing import Card
from padkit_ocr.values import values
from padkit_ocr.windows import OTHERS, PLAIN, Job, Way, cut
from padkit_sdk.ports import FieldState

IN_WINDOW: Mapping[str, tuple[str, ...]] = {"sex_nation": ("sex", "nation"), "valid": ("valid_from", "valid_to")}


@dataclass(frozen=True, slots=True)
class Tried:
    """A card whose layout held, with its fields as they are judged."""

    card: Card
    judged: dict[str, Judged]


class WindowsReader:
    """Reads the windows of one card."""

    def __init__(self, recogniser: Recogniser, config: Config, hands: Hands) -> None:
        self._recogniser = recogniser
        self._least = config.least_confidence
        self._hands = hands

    async def read(self, card: Card) -> Tried | None:
        """Read `card` as its side; None when that layout does not hold. A permit that was taken for a card is told."""
        ink = await self._hands.do(partial(find_ink, card.pixels))
        readings: dict[str, list[Found]] = {name: [] for name in FIELDS[card.side]}
        await self._add(readings, card, ink, WINDOWS[card.side], PLAIN)
        if not holds(card.side, readings):
            return None
        side = other_side(card.side, readings)
        if side is not card.side:
            new = [it for it in WINDOWS[side] if it not in WINDOWS[card.side] and not _read(it, readings)]
            card = replace(card, side=side)
            readings = {name: readings.get(name, []) for name in FIELDS[side]}
            await self._add(readings, card, ink, new, PLAIN)
        judged = judge(card.side, readings, least=self._least)
        for way in OTHERS:
            again = [window for window in WINDOWS[card.side] if _doubtful(window, judged)]
            if not again:
                break
            await self._add(readings, card, ink, again, way)
            judged = judge(card.side, readings, least=self._least)
        return Tried(card, judged)

    async def _add(
        self, readings: dict[str, list[Found]], card: Card, ink: Ink, asked: Sequence[Window], way: Way
    ) -> None:
        jobs = await self._hands.do(partial(_cut_all, card, ink, asked, way))
        longest = sorted(range(len(jobs)), key=lambda at: -jobs[at].columns)  # so that no hand waits long for the other
        pieces = await self._hands.all([partial(Job.run, jobs[at], self._recogniser) for at in longest])
        read = dict(zip(longest, pieces, strict=True))
        for window in asked:
            mine = [read[at] for at, job in enumerate(jobs) if job.window is window]
            for name, found in values(window.name, mine).items():
                if name in readings:
                    readings[name].append(found)


def _cut_all(card: Card, ink: Ink, asked: Sequence[Window], way: Way) -> list[Job]:
    return [job for window in asked for job in cut(card.pixels, ink, window, way)]


def _read(window: Window, readings: Mapping[str, Sequence[Found]]) -> bool:
    """Whether the fields of `window` were read from another layout's window."""
    return all(readings.get(name) for name in IN_WINDOW.get(window.name, (window.name,)))


def _doubtful(window: Window, judged: Mapping[str, Judged]) -> bool:
    """Whether another reading of `window` may settle something: its own field, or the birth that the number waits for."""
    names = IN_WINDOW.get(window.name, (window.name,))
    waits = "birth" in names and "number" in judged and judged["number"].rule == "birth_in_number"
    return waits or any(
        it.state in (FieldState.DOUBTFUL, FieldState.MISSING) for name, it in judged.items() if name in names
    )
