"""Patterns of bytes as a test writes them: ``F2 00 ?? 03 * 03``; ``??`` is any byte, ``*`` any number of bytes."""

from __future__ import annotations

import re

from padkit_sim.errors import SimRefused

WORD = re.compile(r"[0-9A-Fa-f]{2}|\?\?|\*")
ANY_BYTE, ANY_BYTES = "??", "*"


def bytes_pattern(text: str) -> re.Pattern[bytes]:
    """The regular expression for `text`. Raises `SimRefused` for words that are no bytes."""
    words = text.split()
    wrong = [word for word in words if not WORD.fullmatch(word)]
    if wrong or not words:
        what = f"{wrong[0]!r} is no byte" if wrong else "it is empty"
        raise SimRefused(f"pattern {text!r}: {what}; give bytes such as 'F2 00 ?? * 03', or note= for a note")
    return re.compile(b"".join(_one(word) for word in words), re.DOTALL)


def _one(word: str) -> bytes:
    if word == ANY_BYTES:
        return b".*?"
    return b"." if word == ANY_BYTE else re.escape(bytes.fromhex(word))
