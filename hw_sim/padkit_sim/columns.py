"""How much room a text takes on a terminal: Chinese characters take two columns."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """Return how many columns the text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, columns: int) -> str:
    """Return the text with blanks behind it, so that it takes at least `columns`."""
    return text + " " * (columns - width(text))
