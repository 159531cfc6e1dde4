"""Which characters may stand in a document: those that a reader sees, each as itself, from left to right. No font here."""

from __future__ import annotations

import re
import unicodedata

SPACES = " \u3000"
# letters by name, yet nothing is to be seen of them: fillers of Korean, the empty Braille cell
BLANK = "\u3164\uffa0\u2800"
JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")  # parts that melt into a syllable
LOOSE_SPACE = re.compile(rf"^[{SPACES}]|[{SPACES}]$|[{SPACES}]{{2}}")


def trouble(character: str) -> str:
    """Say why a character is not taken, empty if it is."""
    category = unicodedata.category(character)
    if unicodedata.bidirectional(character) in ("R", "AL", "AN"):
        return "is written from right to left, which the templates are not made for"
    if category == "Co":
        return "is of private use, so nobody knows what it looks like"
    if category[0] == "M" or JAMO.match(character):
        return "only changes the character before it; give the two as one character"
    if (category[0] in "CZ" and character not in SPACES) or character in BLANK:
        return "is a control, or cannot be seen"
    return ""


def code(character: str) -> str:
    """Name a character for a message, without showing it."""
    return f"U+{ord(character):04X}"
