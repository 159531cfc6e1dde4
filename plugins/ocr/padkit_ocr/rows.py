"""Lines of text that stand beside one another, as one row of characters; rows from top to bottom. No meaning is known here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from padkit_ocr.ctc import Char, Line
from padkit_ocr.found import Found
from padkit_ocr.values import Piece
from padkit_sdk.ports import Point

BESIDE = 0.5  # two lines stand in one row when they share so much of the lower one's height


@dataclass(frozen=True, slots=True)
class Row:
    """Characters from left to right, each with the piece that it was read in; blanks are left out."""

    chars: tuple[tuple[Piece, int], ...]

    @property
    def text(self) -> str:
        return "".join(piece.line.chars[at].text for piece, at in self.chars)

    def found(self, text: str, start: int, end: int) -> Found:
        """`text` as the value of the characters from `start` up to `end`, where they stand."""
        part = self.chars[start:end]
        if not part or not text:
            return Found("", 0.0)
        first, last = (piece.found(".", at, at + 1).quad for piece, at in (part[0], part[-1]))
        sure = min(piece.line.chars[at].confidence for piece, at in part)
        return Found(text, sure, (first[0], last[1], last[2], first[3]))

    def under(self, above: Found) -> Found:
        """The characters that stand below `above` and not beside it, give or take one."""
        more = above.quad[3][1] - above.quad[0][1]
        left, right = above.quad[0][0] - more, above.quad[1][0] + more
        kept = Row(tuple((piece, at) for piece, at in self.chars if left <= _middle_of(piece, at) <= right))
        return kept.found(kept.text, 0, len(kept.chars))

    def match(self, pattern: re.Pattern[str], group: str | int = 1) -> Found | None:
        """What `group` of `pattern` is in the row; None when the row has none."""
        found = pattern.search(self.text)
        return self.found(found[group], *found.span(group)) if found and found[group] else None


def rows(pieces: Sequence[Piece]) -> list[Row]:
    """Join the pieces that stand in one row."""
    open_rows: list[list[Piece]] = []
    for piece in sorted((it for it in pieces if it.line.chars), key=_middle):
        row = next((it for it in open_rows if _beside(it[-1], piece)), None)
        if row:
            row.append(piece)
        else:
            open_rows.append([piece])
    return [
        Row(tuple((piece, at) for piece in sorted(row, key=_left) for at, char in _printed(piece.line)))
        for row in open_rows
    ]


def _middle_of(piece: Piece, at: int) -> float:
    quad = piece.found(".", at, at + 1).quad
    return (quad[0][0] + quad[1][0]) / 2


def _printed(line: Line) -> list[tuple[int, Char]]:
    return [(at, char) for at, char in enumerate(line.chars) if not char.text.isspace()]


def _left(piece: Piece) -> float:
    return piece.quad[0][0]


def _middle(piece: Piece) -> float:
    return sum(y for _, y in piece.quad) / 4


def _beside(one: Piece, other: Piece) -> bool:
    """Compares the ends that face one another, so that a row may lean."""
    left, right = sorted((one, other), key=_left)
    a, b = (left.quad[1], left.quad[2]), (right.quad[0], right.quad[3])
    shared = min(a[1][1], b[1][1]) - max(a[0][1], b[0][1])
    return shared >= BESIDE * min(_high(a), _high(b))


def _high(edge: tuple[Point, Point]) -> float:
    return max(edge[1][1] - edge[0][1], 1.0)
