"""The numbers of foreigners' cards: 18 characters beginning with 9 since 2023, three letters and twelve digits before.

The old form: country, four digits of the place, the day of birth as YYMMDD, one of sequence, and a check digit (ICAO 9303:
weights 7, 3, 1, letters from A = 10, modulo 10). It says nothing of the sex.
"""

from __future__ import annotations

import re

from padkit_ocr.rules import identity

_OLD = re.compile(r"[A-Z]{3}[0-9]{12}")
_WEIGHTS = (7, 3, 1)


def old_holds(text: str) -> bool:
    """Whether `text` can be a number of the old form."""
    if not _OLD.fullmatch(text):
        return False
    values = [int(char, 36) for char in text]
    return sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values[:-1])) % 10 == values[-1]


def looks_like(text: str) -> bool:
    """Whether `text` has the shape of either form, right or wrong."""
    return identity.looks_like(text) or bool(_OLD.fullmatch(text))


def number_holds(text: str) -> bool:
    """Whether `text` can be the number of a foreigner's card, of either form."""
    return identity.foreigner_2023_holds(text) or old_holds(text)


def birth_agrees(number: str, birth: str) -> bool:
    """Whether the day of birth inside `number`, of any document, is `birth` (``1990-01-31``); the old form has no century."""
    if _OLD.fullmatch(number):
        return bool(birth) and number[7:13] == birth[2:].replace("-", "")
    return bool(birth) and identity.birth_in(number) == birth
