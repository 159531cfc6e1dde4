"""From the lines of a window to the values of its fields, written as labels are. What does not parse stays as it was read.

No rule is asked here, nothing is guessed: blanks go, days become ISO, and signs that are the same dot become one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from padkit_ocr.ctc import Line
from padkit_ocr.found import Found
from padkit_ocr.rules import bank, dates
from padkit_sdk.ports import Point

DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅", "·"))
_SEX_NATION = re.compile(r"(?P<sex>[男女])(?:.{0,2}?族)?(?P<nation>.*)")
_SPAN = re.compile(
    r"(\d{4}\.\d\d\.\d\d)[-.](.+)"
)  # the dash is a sign between two days and says nothing: a dot will do
_EXPIRY = re.compile(r"\d\d[1/|]\d\d")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line as it was read, and the four corners of the crop it was read from, clockwise from its top left.

    `whole` is False when there is ink at an end of which nothing was read.
    """

    line: Line
    quad: tuple[Point, ...]
    whole: bool = True

    def found(self, text: str, start: int = 0, end: int | None = None) -> Found:
        """`text` as the value of the characters from `start` up to `end`, where they stand."""
        part = self.line.part(start, len(self.line.chars) if end is None else end)
        if not part.chars or not text:
            return Found("", 0.0)
        pitch = 1.0 / max(len(self.line.chars), 1)
        first, last = max(part.chars[0].at - pitch / 2, 0.0), min(part.chars[-1].at + pitch / 2, 1.0)
        a, b, c, d = self.quad
        return Found(text, part.confidence, (_at(a, b, first), _at(a, b, last), _at(d, c, last), _at(d, c, first)))


def values(window: str, pieces: Sequence[Piece]) -> dict[str, Found]:
    """The fields of `window`, from its lines from top to bottom; empty when nothing stands there."""
    read = [piece for piece in pieces if piece.line.chars]
    if not read:
        return {}
    found = PARSERS.get(window, _whole(window))(read)
    return {name: it for name, it in found.items() if it.text}


Parser = Callable[[Sequence[Piece]], dict[str, Found]]


def _whole(window: str) -> Parser:
    """One line that is one field, without blanks."""

    def parse(pieces: Sequence[Piece]) -> dict[str, Found]:
        return {window: pieces[0].found("".join(pieces[0].line.text.split()).translate(DOTS))}

    return parse


def _name(pieces: Sequence[Piece]) -> dict[str, Found]:
    """A rare character may be lost without a trace in what was read: only the ink tells."""
    found = _whole("name")(pieces)["name"]
    return {"name": found if pieces[0].whole else replace(found, confidence=0.0)}


def _english_name(pieces: Sequence[Piece]) -> dict[str, Found]:
    """Blanks part the names: one after a comma, also where it was read too narrow to be one."""
    text = ", ".join(part.strip() for part in " ".join(pieces[0].line.text.split()).split(","))
    return {"english_name": pieces[0].found(text)}


def _sex_nation(pieces: Sequence[Piece]) -> dict[str, Found]:
    found = _SEX_NATION.search(pieces[0].line.text)
    if not found:
        return {"nation": pieces[0].found(pieces[0].line.text)}
    return {
        "sex": pieces[0].found(found["sex"], *found.span("sex")),
        "nation": pieces[0].found("".join(found["nation"].split()), *found.span("nation")),
    }


def _sex(pieces: Sequence[Piece]) -> dict[str, Found]:
    at = next((at for at, char in enumerate(pieces[0].line.text) if char in "男女"), None)
    return {} if at is None else {"sex": pieces[0].found(pieces[0].line.text[at], at, at + 1)}


def _birth(pieces: Sequence[Piece]) -> dict[str, Found]:
    text = "".join(pieces[0].line.text.split())
    return {"birth": pieces[0].found(dates.read_date(text) or text)}


def _valid(pieces: Sequence[Piece]) -> dict[str, Found]:
    printed = pieces[0].line.text
    found = _SPAN.fullmatch(printed)
    if not found:
        return {"valid_from": pieces[0].found(printed)}
    first, last = found.groups()
    return {
        "valid_from": pieces[0].found(dates.read_date(first) or first, *found.span(1)),
        "valid_to": pieces[0].found(dates.read_date(last) or last, *found.span(2)),
    }


def _nationality(pieces: Sequence[Piece]) -> dict[str, Found]:
    """``加拿大/CAN``: the code counts."""
    text = pieces[0].line.text
    return {"nationality": pieces[0].found("".join(text[text.find("/") + 1 :].split()), text.find("/") + 1)}


def _expiry(pieces: Sequence[Piece]) -> dict[str, Found]:
    text = pieces[0].line.text
    found = _EXPIRY.search(text)
    if not found:
        return {"expiry": pieces[0].found(text)}
    return {"expiry": pieces[0].found(bank.read_expiry(found[0]) or found[0], *found.span())}


def _address(pieces: Sequence[Piece]) -> dict[str, Found]:
    text = "".join("".join(piece.line.text.split()) for piece in pieces)
    lows = [piece.found(piece.line.text) for piece in pieces]
    (a, b, _, _), (_, _, c, d) = lows[0].quad, lows[-1].quad
    right = max(lows, key=lambda it: it.quad[1][0]).quad
    quad = (a, (right[1][0], b[1]), (right[2][0], c[1]), d)
    return {"address": Found(text, min(it.confidence for it in lows), quad)}


PARSERS: Mapping[str, Parser] = {
    "name": _name,
    "english_name": _english_name,
    "sex_nation": _sex_nation,
    "sex": _sex,
    "birth": _birth,
    "valid": _valid,
    "nationality": _nationality,
    "expiry": _expiry,
    "address": _address,
}


def _at(left: Point, right: Point, share: float) -> Point:
    return (left[0] + (right[0] - left[0]) * share, left[1] + (right[1] - left[1]) * share)
